import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAdminClient } from './admin-client.ts'
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'
import { sendBytes } from './send-bytes.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

let upstream: RecordingUpstream
const running: RunningProgram[] = []

beforeAll(async () => {
  upstream = await startRecordingUpstream()
})
afterAll(() => upstream.close())
afterEach(async () => {
  for (const program of running.splice(0)) {
    if (program.process.exitCode === null && program.process.signalCode === null) {
      await program.stop('SIGKILL')
    }
    program.cleanUp()
  }
})

/** A gateway with a Route to the upstream and one that wants a key. */
async function start(settings: Readonly<Record<string, string>> = {}) {
  const program = await startProgram({ settings })
  running.push(program)
  const admin = createAdminClient(program.admin)
  await admin.post('/services', { name: 'echo', url: upstream.url })
  await admin.post('/services/echo/routes', { name: 'open', paths: ['/open'] })
  const guarded = await admin.post('/services/echo/routes', {
    name: 'guarded',
    paths: ['/guarded'],
  })
  await admin.post('/plugins', { name: 'key-auth', route: { id: guarded.id } })
  await admin.post('/consumers', { username: 'ann' })
  await admin.post('/consumers/ann/key-auth', { key: 'S3CRET' })
  return { program, file: path.join(program.prefix, 'logs/access.log') }
}

type Line = Readonly<Record<string, unknown>>

/** Every line parses, or this throws. */
function linesIn(text: string): Line[] {
  const lines = text.split('\n')
  expect(lines.pop()).toBe('')
  return lines.map((line) => JSON.parse(line) as Line)
}

async function get(url: string, headers: Record<string, string> = {}): Promise<string> {
  const answer = await fetch(url, { headers })
  await answer.arrayBuffer()
  return answer.headers.get('x-kong-request-id') as string
}

/** Asks until it is not answered any more; the ids of the answers that came whole. */
async function askUntilGone(url: string): Promise<string[]> {
  const ids: string[] = []
  for (;;) {
    const id = await get(url).catch(() => undefined)
    if (id === undefined) return ids
    ids.push(id)
  }
}

async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('the access log', () => {
  it('tells a request that was proxied and one that was not', async () => {
    const { program, file } = await start()
    const proxied = await get(`${program.proxy}/guarded?apikey=S3CRET&x=1`)
    const refused = await get(`${program.proxy}/guarded/7`, { 'user-agent': 'test "1"' })
    expect(await program.stop()).toBe(0)
    const [first, second, ...others] = linesIn(readFileSync(file, 'utf8'))
    expect(others).toEqual([])
    expect(first).toMatchObject({
      request_id: proxied,
      client_ip: '127.0.0.1',
      method: 'GET',
      path: '/guarded',
      status: 200,
      route: 'guarded',
      service: 'echo',
      consumer: 'ann',
      upstream: `127.0.0.1:${upstream.port}`,
      upstream_status: 200,
    })
    expect(second).toMatchObject({
      request_id: refused,
      path: '/guarded/7',
      status: 401,
      exit_reason: 'key-auth.no_key',
      exit_plugin: 'key-auth',
      user_agent: 'test "1"',
    })
    expect(readFileSync(file, 'utf8')).not.toContain('S3CRET')
  })

  it('tells how many bytes came and went', async () => {
    const { program, file } = await start()
    const head = (path: string) => `POST ${path} HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n`
    const request = `${head('/none')}\r\nhello`
    const answer = await sendBytes(program.proxy, request)
    const last = `${head('/none')}Connection: close\r\n\r\nhello`
    await sendBytes(program.proxy, last)
    expect(await program.stop()).toBe(0)
    const lines = linesIn(readFileSync(file, 'utf8'))
    expect(lines[0]?.request_bytes).toBe(request.length)
    // A body that nobody reads is not waited for where the connection ends anyway.
    expect([last.length - 'hello'.length, last.length]).toContain(lines[1]?.request_bytes)
    expect(lines[0]?.response_bytes).toBeGreaterThan(answer.body.length)
  })

  it.each(['0', '1', '2'])(
    'has each answered request once after SIGTERM under load, with %s workers',
    async (workers) => {
      const { program, file } = await start({ workers })
      const clients = Array.from({ length: 8 }, () => askUntilGone(`${program.proxy}/open`))
      await until(() => (upstream.received.length > 300 ? true : undefined))
      expect(await program.stop()).toBe(0)
      const answered = (await Promise.all(clients)).flat()
      const logged = linesIn(readFileSync(file, 'utf8')).map((line) => line.request_id)
      expect(new Set(logged).size).toBe(logged.length)
      expect(answered.filter((id) => !logged.includes(id))).toEqual([])
      expect(answered.length).toBeGreaterThan(100)
      upstream.received.length = 0
    },
  )

  it('goes on in a new file at SIGUSR1, and loses nothing', async () => {
    const { program, file } = await start({ workers: '2' })
    const before = await Promise.all([1, 2, 3, 4].map(() => get(`${program.proxy}/open`)))
    renameSync(file, `${file}.1`)
    program.process.kill('SIGUSR1')
    await until(() => (existsSync(file) ? true : undefined))
    const after = await Promise.all([1, 2, 3, 4].map(() => get(`${program.proxy}/open`)))
    expect(await program.stop()).toBe(0)
    const logged = [`${file}.1`, file].flatMap((one) => linesIn(readFileSync(one, 'utf8')))
    const ids = new Set(logged.map((line) => line.request_id))
    expect(ids).toEqual(new Set([...before, ...after]))
    expect(logged).toHaveLength(8)
  })

  it('goes to standard output where that is asked for', async () => {
    const { program, file } = await start({ workers: '2', proxy_access_log: '/dev/stdout' })
    let told = ''
    program.process.stdout?.on('data', (text: string) => {
      told += text
    })
    const ids = await Promise.all([1, 2, 3, 4].map(() => get(`${program.proxy}/open`)))
    expect(await program.stop()).toBe(0)
    const logged = linesIn(told)
    expect(new Set(logged.map((line) => line.request_id))).toEqual(new Set(ids))
    expect(logged).toHaveLength(4)
    expect(existsSync(file)).toBe(false)
  })

  it('is not there when it is off', async () => {
    const { program, file } = await start({ proxy_access_log: 'off' })
    await get(`${program.proxy}/open`)
    expect(await program.stop()).toBe(0)
    expect(existsSync(file)).toBe(false)
  })

  it('holds printable ASCII only, whatever a client sends', async () => {
    const { program, file } = await start()
    const hostile = [
      'GET /\u009b31m HTTP/1.1\r\nHost: a\r\n\r\n',
      'GET /open HTTP/1.1\r\nHost: a\r\nUser-Agent: \u009b31m\t\u00ff\r\nConnection: close\r\n\r\n',
      'GET /open HTTP/1.1\r\nHost: a\r\nReferer: \u001b]0;x\u0007\r\n\r\n',
      'GET /%0d%0a%1b[31m HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n',
      'NONSENSE\u0000\r\n\r\n',
    ]
    for (const bytes of hostile) await sendBytes(program.proxy, Buffer.from(bytes, 'latin1'))
    expect(await program.stop()).toBe(0)
    const text = readFileSync(file, 'utf8')
    expect(text).toMatch(/^[ -~\n]*$/)
    expect(linesIn(text)).toHaveLength(hostile.length)
  })

  it('does not hurt requests when the disk is full, and says so once', async () => {
    const { program } = await start({ proxy_access_log: '/dev/full', workers: '1' })
    for (let round = 1; round <= 2; round++) {
      expect(await get(`${program.proxy}/open`)).toBeDefined()
      await program.logged('lines of proxy_access_log are lost: ENOSPC')
    }
    expect(await program.stop()).toBe(0)
    expect(program.log().match(/are lost/g)).toHaveLength(1)
  })

  it.each([
    { value: 'logs/access.log basic', code: 'POSTERN_ACCESS_LOG_NOT_A_FILE' },
    { value: 'syslog:server=127.0.0.1', code: 'POSTERN_ACCESS_LOG_NOT_A_FILE' },
    { value: '/dev/null/access.log', code: 'POSTERN_ACCESS_LOG_UNUSABLE' },
    { value: tmpdir(), code: 'POSTERN_ACCESS_LOG_UNUSABLE' },
  ])('keeps the program from starting with $value', async ({ value, code }) => {
    const settings = { proxy_access_log: value }
    await expect(startProgram({ settings })).rejects.toThrow(code)
  })

  it('appends to a file outside of prefix', async () => {
    const folder = mkdtempSync(path.join(tmpdir(), 'postern-log-'))
    const file = path.join(folder, 'own.log')
    writeFileSync(file, '{"before":true}\n')
    const { program } = await start({ proxy_access_log: file })
    await get(`${program.proxy}/open`)
    expect(await program.stop()).toBe(0)
    expect(linesIn(readFileSync(file, 'utf8'))).toHaveLength(2)
    rmSync(folder, { recursive: true })
  })
})
