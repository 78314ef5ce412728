import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { type AdminClient, createAdminClient } from './admin-client.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

let program: RunningProgram
let admin: AdminClient

beforeAll(async () => {
  program = await startProgram({ settings: { untrusted_functions: 'on' } })
  admin = createAdminClient(program.admin)
}, 60_000)
afterAll(async () => {
  await program?.stop('SIGKILL')
  program?.cleanUp()
})

async function hosts() {
  const { data } = await admin.get('/exit-transformer/functions')
  return data as readonly {
    worker_pid: number
    functions: readonly { name: string; kills: number; switchedOffUntilMs: number | null }[]
  }[]
}

describe('a function that ends its process again and again', () => {
  it('is switched off, and the log, the metrics and the Admin API say so', async () => {
    expect(await hosts()).toEqual([])
    const route = await admin.post('/routes', { paths: ['/'] })
    await admin.post(`/routes/${String(route.id)}/plugins`, {
      name: 'exit-transformer',
      config: { functions: ['() => { for (;;); }', '(status) => [status, "still here"]'] },
    })
    // What no function has touched is the answer, whatever became of the functions.
    for (let i = 0; i < 6; i++) expect((await fetch(program.proxy)).status).toBe(503)
    expect(await program.logged('ended its process too often')).toContain('[1]')
    await vi.waitFor(async () => {
      const [host] = await hosts()
      expect(host?.functions[0]?.kills).toBeGreaterThanOrEqual(5)
      expect(host?.functions[0]?.switchedOffUntilMs).toBeGreaterThan(Date.now() - 60_000)
      expect(host?.functions[1]?.switchedOffUntilMs).toBeNull()
    }, 10_000)
    const metrics = await (await fetch(`${program.status}/metrics`)).text()
    expect(metrics).toMatch(/^postern_function_switched_off\{pid="\d+",function=".*\[1\]"\} 1$/m)
  }, 60_000)
})
