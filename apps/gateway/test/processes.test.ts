import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { createAdminClient } from './admin-client.ts'
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'
import { type ProgramOptions, type RunningProgram, startProgram } from './start-program.ts'

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

async function start(options: ProgramOptions = {}) {
  const program = await startProgram(options)
  running.push(program)
  return { program, admin: createAdminClient(program.admin) }
}

/** The workers of a program, by their parent. */
async function workersOf(program: RunningProgram): Promise<number[]> {
  const { readFile } = await import('node:fs/promises')
  const children = `/proc/${program.process.pid}/task/${program.process.pid}/children`
  const text = await readFile(children, 'utf8')
  return text.split(' ').filter(Boolean).map(Number)
}

async function eventually<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  const until = Date.now() + 10_000
  for (;;) {
    const found = await look().catch(() => undefined)
    if (found !== undefined) return found
    if (Date.now() > until) throw new Error(`did not happen in 10 s: ${what}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

describe.each([{ workers: '0' }, { workers: '1' }, { workers: '2' }])(
  'with workers = $workers',
  ({ workers }) => {
    it('serves a change to every request that is sent after the Admin answer', async () => {
      const { program, admin } = await start({ settings: { workers } })
      const service = await admin.post('/services', { name: 's', url: upstream.url })
      for (let round = 0; round < 10; round++) {
        const route = await admin.post('/routes', { paths: [`/r${round}`], service })
        // New connections, so that every worker has its turn.
        const statuses = await Promise.all(
          Array.from({ length: 4 }, async () => {
            const answer = await fetch(`${program.proxy}/r${round}`, {
              headers: { connection: 'close' },
            })
            await answer.arrayBuffer()
            return answer.status
          }),
        )
        expect(statuses).toEqual([200, 200, 200, 200])
        await admin.delete(`/routes/${route.id}`)
        const after = await fetch(`${program.proxy}/r${round}`)
        await after.arrayBuffer()
        expect(after.status).toBe(404)
      }
    })

    it('keeps what was acknowledged through kill -9, and serves it after the next start', async () => {
      const { program, admin } = await start({ settings: { workers } })
      await admin.post('/services', { name: 's', url: upstream.url })
      const acknowledged = await admin.post('/services/s/routes', { paths: ['/kept'] })
      await program.stop('SIGKILL')

      const again = await start({ settings: { workers }, prefix: program.prefix })
      const kept = await again.admin.get(`/routes/${acknowledged.id}`)
      expect(kept).toEqual(acknowledged)
      expect((await fetch(`${again.program.proxy}/kept`)).status).toBe(200)
    })

    it('ends with 0 on SIGTERM and leaves no process behind', async () => {
      const { program } = await start({ settings: { workers } })
      const pids = await workersOf(program)
      expect(await program.stop('SIGTERM')).toBe(0)
      for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow(/ESRCH/)
    })
  },
)

describe('a worker', () => {
  it('is replaced when it dies, while the other one serves', async () => {
    const { program, admin } = await start({ settings: { workers: '2' } })
    await admin.post('/services', { name: 's', url: upstream.url })
    await admin.post('/services/s/routes', { paths: ['/'] })
    const [first, second] = await workersOf(program)
    process.kill(first as number, 'SIGKILL')
    await eventually('a second worker again', async () => {
      const pids = await workersOf(program)
      const isReplaced = pids.length === 2 && pids.includes(second as number)
      return isReplaced ? pids : undefined
    })
    await program.logged('another takes its place')
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        fetch(program.proxy, { headers: { connection: 'close' } }).then((answer) => answer.status),
      ),
    )
    expect(answers).toEqual(Array.from({ length: 8 }, () => 200))
  })

  it('is killed and replaced when it hangs', async () => {
    const hang = path.join(import.meta.dirname, 'plugins/hang.ts')
    const { program, admin } = await start({
      settings: { workers: '1', plugins: `bundled,${hang}` },
    })
    await admin.post('/services', { name: 's', url: upstream.url })
    await admin.post('/services/s/routes', { name: 'good', paths: ['/good'] })
    await admin.post('/services/s/routes', { name: 'bad', paths: ['/bad'] })
    await admin.post('/routes/bad/plugins', { name: 'hang' })
    const [before] = await workersOf(program)

    await expect(fetch(`${program.proxy}/bad`)).rejects.toThrow()
    await program.logged('a worker hangs and is killed')
    const answer = await eventually('an answer of the new worker', () =>
      fetch(`${program.proxy}/good`),
    )
    expect(answer.status).toBe(200)
    expect(await workersOf(program)).not.toContain(before)
  })

  it('leaves what it has counted behind when it dies', async () => {
    const { program, admin } = await start({ settings: { workers: '1' } })
    const served = async () => {
      const { server } = (await admin.get('/status')) as { server: Record<string, number> }
      return [server['total_requests'], server['connections_accepted']] as [number, number]
    }
    const send = () => fetch(program.proxy, { headers: { connection: 'close' } })
    for (let request = 0; request < 5; request++) await (await send()).text()
    await eventually('five are told', async () => ((await served())[0] === 5 ? true : undefined))
    const [pid] = await workersOf(program)
    process.kill(pid as number, 'SIGKILL')
    await program.logged('another takes its place')
    expect(await served()).toEqual([5, 5])
    await eventually('another one serves', async () => (await send()).text())
    await eventually('six are told', async () => ((await served())[0] >= 6 ? true : undefined))
    const [requests, accepted] = await served()
    expect(accepted).toBe(requests)
  })

  it('ends when its supervisor is killed', async () => {
    const { program } = await start({ settings: { workers: '1' } })
    const [pid] = await workersOf(program)
    await program.stop('SIGKILL')
    await eventually('the end of the worker', async () => {
      try {
        process.kill(pid as number, 0)
        return undefined
      } catch {
        return true
      }
    })
  })
})

describe('a plugin of the setting plugins', () => {
  it('is started once, told each configuration, and given the facts of a request', async () => {
    const lifecycle = path.join(import.meta.dirname, 'plugins/lifecycle.ts')
    const { program, admin } = await start({
      settings: { workers: '1', plugins: `bundled,${lifecycle}` },
    })
    await program.logged('lifecycle starts')
    await program.logged('{"lifecycle":[]}')
    await admin.post('/services', { name: 's', url: upstream.url })
    await admin.post('/services/s/routes', { paths: ['/'] })
    await admin.post('/plugins', { name: 'lifecycle', config: { word: 'oolong' } })
    await program.logged('{"lifecycle":["oolong"]}')
    await (await fetch(`${program.proxy}/a`)).arrayBuffer()
    const line = await program.logged('lifecycle logs')
    expect(line).toContain(`\\"port\\":${upstream.port}`)
    expect(program.log().split('lifecycle starts')).toHaveLength(2)
  })
})

describe('a plugin whose init_worker fails', () => {
  it('is told of at each request, which is served', async () => {
    const file = path.join(import.meta.dirname, 'plugins/cannot-start.ts')
    const { program, admin } = await start({
      settings: { workers: '1', plugins: `bundled,${file}` },
    })
    await program.logged('[cannot-start] init_worker failed: Error: no file of words')
    await admin.post('/services', { name: 's', url: upstream.url })
    await admin.post('/services/s/routes', { paths: ['/'] })
    for (let request = 0; request < 2; request++) {
      const from = program.log().length
      expect((await fetch(`${program.proxy}/a`)).status).toBe(200)
      const line = await program.logged('init_worker of cannot-start failed; request ', from)
      expect(JSON.parse(line)).toMatchObject({ level: 'fatal' })
    }
  })
})

describe.each([{ workers: '0' }, { workers: '2' }])(
  'a configuration that cannot be served, with workers = $workers',
  ({ workers }) => {
    it('is told to whoever writes it and in /status, and changes nothing of what is served', async () => {
      const file = path.join(import.meta.dirname, 'plugins/picky.ts')
      const { program, admin } = await start({ settings: { workers, plugins: `bundled,${file}` } })
      const write = async (method: string, target: string, entity?: unknown) => {
        const answer = await fetch(program.admin + target, {
          method,
          headers: { 'content-type': 'application/json' },
          ...(entity !== undefined && { body: JSON.stringify(entity) }),
        })
        return [answer.status, answer.headers.get('x-postern-warning')]
      }
      const told = async () => {
        const metrics = await (await fetch(`${program.status}/metrics`)).text()
        const refused = /^postern_configuration_refused\{.*\} (\d)$/m.exec(metrics)?.[1]
        return [(await admin.get('/status'))['configuration_problem'], refused]
      }
      const serves = async (target: string) => (await fetch(program.proxy + target)).status
      const { id } = await admin.post('/services', { name: 's', url: upstream.url })
      await admin.post('/routes', { paths: ['/before'], service: { id } })
      expect(await told()).toEqual([undefined, '0'])

      const [status, warning] = await write(
        'PUT',
        '/plugins/11111111-1111-4111-8111-111111111111',
        {
          name: 'picky',
          config: { word: 'coffee' },
        },
      )
      expect([status, warning]).toEqual([
        200,
        expect.stringMatching(/^saved, but not served: .*no coffee here/),
      ])
      expect(await told()).toEqual([expect.stringContaining('no coffee here'), '1'])
      expect((await write('POST', '/routes', { paths: ['/after'], service: { id } }))[1]).toContain(
        'no coffee here',
      )
      expect([await serves('/before'), await serves('/after')]).toEqual([200, 404])

      if (workers !== '0') {
        const [pid] = await workersOf(program)
        process.kill(pid as number, 'SIGKILL')
        await eventually('two workers again', async () => {
          const pids = await workersOf(program)
          return pids.length === 2 && !pids.includes(pid as number) ? true : undefined
        })
        for (let request = 0; request < 8; request++) {
          const answer = await fetch(`${program.proxy}/before`, {
            headers: { connection: 'close' },
          })
          expect(answer.status).toBe(200)
        }
      }

      expect(await write('DELETE', '/plugins/11111111-1111-4111-8111-111111111111')).toEqual([
        204,
        null,
      ])
      expect(await told()).toEqual([undefined, '0'])
      expect(await serves('/after')).toBe(200)
    })
  },
)

describe('startSupervisor()', () => {
  it('tells which key asks for an address that is in use', async () => {
    const { program } = await start()
    const taken = new URL(program.proxy).host
    await expect(startProgram({ settings: { proxy_listen: taken } })).rejects.toThrow(
      new RegExp(`proxy_listen: ${taken} is in use.*POSTERN_GATEWAY_ADDRESS_IN_USE`),
    )
  })

  it('tells the same of the Admin API', async () => {
    const { program } = await start()
    const taken = new URL(program.admin).host
    await expect(startProgram({ settings: { admin_listen: taken } })).rejects.toThrow(
      new RegExp(`admin_listen: ${taken} is in use`),
    )
  })

  it('tells of a variable that is nearly a key', async () => {
    const { program } = await start({ settings: { proxy_lisen: 'off' } })
    await program.logged('proxy_listen')
  })

  it('refuses a key of the file that is not known, at its place, with the nearest one', async () => {
    const { program } = await start()
    const file = path.join(program.prefix, 'other.conf')
    writeFileSync(file, '# a file\nproxy_lisen = off\n')
    await expect(startProgram({ conf: file })).rejects.toThrow(
      /other\.conf:2:1: error: .*"proxy_lisen".*proxy_listen/,
    )
  })

  it('tells a plugin that is not there, with what installs it', async () => {
    await expect(
      startProgram({ settings: { plugins: 'bundled,postern-plugin-nowhere' } }),
    ).rejects.toThrow(/npm install postern-plugin-nowhere/)
  })
})
