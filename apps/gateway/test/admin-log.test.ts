import { existsSync, readFileSync, renameSync } from 'node:fs'
import path from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { createAdminClient } from './admin-client.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

const running: RunningProgram[] = []
afterEach(async () => {
  for (const program of running.splice(0)) {
    if (program.process.exitCode === null) await program.stop('SIGKILL')
    program.cleanUp()
  }
})

async function start(settings: Readonly<Record<string, string>> = {}) {
  const program = await startProgram({ settings: { workers: '0', ...settings } })
  running.push(program)
  return { program, file: (name: string) => path.join(program.prefix, 'logs', name) }
}

type Line = Readonly<Record<string, unknown>>

function linesOf(file: string): Line[] {
  const lines = readFileSync(file, 'utf8').split('\n')
  expect(lines.pop()).toBe('')
  return lines.map((line) => JSON.parse(line) as Line)
}

async function until<T>(look: () => T | undefined): Promise<T> {
  for (;;) {
    const found = look()
    if (found !== undefined) return found
    await new Promise((resolve) => setImmediate(resolve))
  }
}

describe('admin_access_log', () => {
  it('is logs/admin_access.log, with a line for each request to the Admin API', async () => {
    const { program, file } = await start()
    const created = await fetch(`${program.admin}/services?x=S3CRET`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'user-agent': 'test "1"' },
      body: JSON.stringify({ name: 's', url: 'http://user.test' }),
    })
    const body = await created.text()
    await (await fetch(`${program.admin}/none`)).text()
    await program.stop()
    const [first, second, ...more] = linesOf(file('admin_access.log')) as [Line, Line]
    expect(more).toEqual([])
    expect(first).toMatchObject({
      time: expect.stringMatching(/^\d{4}-.*Z$/) as unknown,
      request_id: expect.stringMatching(/^[\da-f]{32}$/) as unknown,
      client_ip: '127.0.0.1',
      method: 'POST',
      scheme: 'http',
      host: '127.0.0.1',
      path: '/services',
      http_version: '1.1',
      status: 201,
      user_agent: 'test "1"',
    })
    expect(first['response_bytes']).toBeGreaterThan(body.length)
    expect(second).toMatchObject({ method: 'GET', path: '/none', status: 404 })
    expect(second['request_bytes']).toBeLessThan(first['request_bytes'] as number)
    expect(readFileSync(file('admin_access.log'), 'utf8')).not.toMatch(/S3CRET|user\.test/)
  })

  it('tells no key that stands in a path', async () => {
    const { program, file } = await start()
    const admin = createAdminClient(program.admin)
    await admin.post('/consumers', { username: 'ann' })
    const { id } = await admin.post('/consumers/ann/key-auth', { key: 'S3CRET' })
    await fetch(`${program.admin}/consumers/ann/key-auth/S3CRET`)
    await fetch(`${program.admin}/key-auths/S3CRET/consumer`)
    await fetch(`${program.admin}/consumers/ann/key%2Dauth/S3CRET`)
    await fetch(`${program.admin}/key-auths/${String(id)}`)
    await program.stop()
    const paths = linesOf(file('admin_access.log')).map((line) => line['path'])
    expect(paths).toEqual([
      '/consumers',
      '/consumers/ann/key-auth',
      '/consumers/ann/key-auth/***',
      '/key-auths/***/consumer',
      '/consumers/ann/key-auth/***',
      '/key-auths/***',
    ])
  })

  it('goes on in a new file after SIGUSR1', async () => {
    const { program, file } = await start()
    await (await fetch(`${program.admin}/services`)).text()
    await until(() => linesOf(file('admin_access.log'))[0])
    renameSync(file('admin_access.log'), file('admin_access.log.1'))
    program.process.kill('SIGUSR1')
    await until(() => existsSync(file('admin_access.log')) || undefined)
    await (await fetch(`${program.admin}/routes`)).text()
    await program.stop()
    expect(linesOf(file('admin_access.log.1')).map((line) => line['path'])).toEqual(['/services'])
    expect(linesOf(file('admin_access.log')).map((line) => line['path'])).toEqual(['/routes'])
  })

  it('is not there where it is off', async () => {
    const { program, file } = await start({ admin_access_log: 'off' })
    await (await fetch(`${program.admin}/services`)).text()
    await program.stop()
    expect(existsSync(file('admin_access.log'))).toBe(false)
  })

  it('keeps the program from starting where it cannot be written', async () => {
    await expect(start({ admin_access_log: '/dev/null/admin.log' })).rejects.toThrow(
      /admin_access_log is .*POSTERN_ACCESS_LOG_UNUSABLE/s,
    )
  })
})

describe('status_access_log', () => {
  it('is off unless set', async () => {
    const { program, file } = await start()
    await (await fetch(`${program.status}/status/ready`)).text()
    await program.stop()
    expect(existsSync(file('status_access.log'))).toBe(false)
  })

  it('has a line for each request to the Status API', async () => {
    const { program, file } = await start({
      status_access_log: 'logs/status_access.log',
      status_listen: '127.0.0.1:0',
    })
    await (await fetch(`${program.status}/metrics`)).text()
    await program.stop()
    expect(linesOf(file('status_access.log'))).toMatchObject([
      { method: 'GET', path: '/metrics', status: 200 },
    ])
    expect(existsSync(file('admin_access.log'))).toBe(true)
    expect(linesOf(file('admin_access.log'))).toEqual([])
  })

  it('tells a request by TLS as https', async () => {
    const { program, file } = await start({
      admin_access_log: 'logs/admin.log',
      admin_listen: '127.0.0.1:0 ssl',
    })
    const { default: https } = await import('node:https')
    await new Promise<void>((resolve, reject) => {
      const url = program.admin.replace('http://', 'https://')
      https
        .get(`${url}/services`, { rejectUnauthorized: false, agent: false }, (res) => {
          res.resume().on('end', () => resolve())
        })
        .on('error', reject)
    })
    await program.stop()
    expect(linesOf(file('admin.log'))).toMatchObject([{ scheme: 'https', path: '/services' }])
  })
})
