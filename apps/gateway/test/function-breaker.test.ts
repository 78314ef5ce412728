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

interface Hosted {
  readonly name: string
  readonly plugin: object
  readonly kills: number
  readonly switchedOffUntilMs: number | null
}

async function functions(): Promise<readonly Hosted[]> {
  const { data } = await admin.get('/exit-transformer/functions')
  const [host] = data as readonly { functions: readonly Hosted[] }[]
  return host?.functions ?? []
}

const ENDLESS = '() => { for (;;); }'

/** A plugin on a Route of its own. */
async function add(path: string, more: object): Promise<string> {
  const route = await admin.post('/routes', { paths: [path] })
  const { id } = await admin.post(`/routes/${String(route.id)}/plugins`, {
    name: 'exit-transformer',
    ...more,
  })
  return String(id)
}

describe('functions that end their processes again and again', () => {
  it('are switched off, and the log, the metrics and the Admin API say whose they are', async () => {
    expect(await functions()).toEqual([])
    const fine = '(status) => [status, "still here"]'
    const one = await add('/one', { config: { functions: [ENDLESS, fine] } })
    const config = { functions: [ENDLESS] }
    const other = await add('/other', { instance_name: 'other', config })
    // What no function has touched is the answer, whatever became of the functions.
    for (const path of ['/one', '/other']) {
      for (let i = 0; i < 6; i++) expect((await fetch(program.proxy + path)).status).toBe(503)
    }
    for (const id of [one, other]) {
      await program.logged(`exit-transformer[1] of plugin ${id} ended its process too often`)
      expect(await program.logged(`(plugin ${id}, request `)).toContain('was skipped')
    }
    await vi.waitFor(async () => {
      const told = await functions()
      const about = { name: 'exit-transformer', instance_name: null }
      const off = { kills: expect.any(Number), switchedOffUntilMs: expect.any(Number) }
      const named = { ...about, id: other, instance_name: 'other' }
      expect(told).toHaveLength(3)
      expect(told).toMatchObject([off, off, { name: 'exit-transformer[2]', kills: 0 }])
      expect(told.at(-1)?.switchedOffUntilMs).toBeNull()
      expect(told.slice(0, 2).map(({ plugin }) => plugin)).toEqual(
        expect.arrayContaining([{ ...about, id: one }, named]),
      )
    }, 10_000)
    const metrics = await (await fetch(`${program.status}/metrics`)).text()
    const told = metrics.match(/^postern_function_switched_off\{.*$/gm) ?? []
    expect(told.map((line) => line.replace(/pid="\d+",/, '')).toSorted()).toEqual([
      ...[one, 'other'].map(
        (instance) =>
          `postern_function_switched_off{plugin="exit-transformer",instance="${instance}",function="1"} 1`,
      ),
    ])
  }, 60_000)

  it('are not told of any more when they are not configured any more', async () => {
    const { data } = await admin.get('/plugins')
    const plugins = data as readonly { id: string; instance_name: string | null }[]
    const calls = async () => {
      const text = await (await fetch(`${program.status}/metrics`)).text()
      return text.match(/^postern_function_calls_total\{.*(?=\} )/gm)
    }
    expect(await calls()).toHaveLength(3)
    for (const { id, instance_name: name } of plugins) {
      if (name === null) await admin.delete(`/plugins/${id}`)
      else await admin.patch(`/plugins/${id}`, { config: { functions: ['() => {}'] } })
    }
    await vi.waitFor(async () => {
      expect(await functions()).toMatchObject([{ calls: 0, plugin: { instance_name: 'other' } }])
    }, 10_000)
    const metrics = await (await fetch(`${program.status}/metrics`)).text()
    expect(metrics).not.toMatch(/^postern_function_switched_off\{/m)
    expect(await calls()).toEqual([expect.stringContaining('instance="other",function="1"')])
  })
})
