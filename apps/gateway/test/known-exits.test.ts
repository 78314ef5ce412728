import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest'
import { loadConfig } from '../src/config/load-config.ts'
import type { KeptExit } from '../src/exit-ring/show-exit.ts'
import { knownExit } from '../src/exit-trials/known-exits.ts'
import { createTrials } from '../src/exit-trials/run-trial.ts'
import { createAdminClient } from './admin-client.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

// Several processes start in one test, and a busy machine takes seconds for each.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

let program: RunningProgram
beforeAll(async () => {
  program = await startProgram()
  const admin = createAdminClient(program.admin)
  await admin.post('/services', { name: 'away', url: 'http://127.0.0.1:9' })
  await admin.post('/services', { name: 'unnamed', url: 'http://no.such.host.invalid' })
  await admin.post('/services/away/routes', { name: 'away', paths: ['/away'] })
  await admin.post('/services/unnamed/routes', { name: 'unnamed', paths: ['/unnamed'] })
  await admin.post('/routes', { name: 'alone', paths: ['/alone'] })
  await admin.post('/services/away/routes', { name: 'key', paths: ['/key'] })
  await admin.post('/routes/key/plugins', { name: 'key-auth' })
  await admin.post('/services/away/routes', {
    name: 'tls',
    paths: ['/tls'],
    protocols: ['https'],
  })
})
afterAll(async () => {
  await program.stop('SIGKILL')
  program.cleanUp()
})

/** What the gateway really answered. */
async function answered(path: string): Promise<KeptExit> {
  await (await fetch(program.proxy + path)).arrayBuffer()
  const listed = await fetch(`${program.admin}/exit-transformer/exits?size=1`)
  const { data } = (await listed.json()) as { data: readonly KeptExit[] }
  return data[0] as KeptExit
}

describe('knownExit()', () => {
  it.each([
    { reason: 'key-auth.no_key', path: '/key' },
    { reason: 'key-auth.invalid_key', path: '/key?apikey=nobody' },
    { reason: 'key-auth.duplicate_key', path: '/key?apikey=a&apikey=b' },
    { reason: 'router.no_route', path: '/nowhere' },
    { reason: 'router.no_service', path: '/alone' },
    { reason: 'router.https_required', path: '/tls' },
    { reason: 'upstream.refused', path: '/away' },
    { reason: 'upstream.dns', path: '/unnamed' },
    { reason: 'request.target_too_long', path: `/${'x'.repeat(8200)}` },
  ])('answers for $reason what the gateway does', async ({ reason, path }) => {
    const real = await answered(path)
    const trials = createTrials(loadConfig({ env: {}, folder: '/nowhere' }).config)
    const { before } = await trials.prepare([]).run({ reason, request: { ...real.request } })
    const { phase, plugin } = knownExit(reason) ?? {}
    expect({ reason: real.reason, phase, plugin, ...before }).toEqual({
      reason,
      phase: real.phase,
      plugin: real.plugin,
      status: real.status,
      body: real.body,
      headers: real.headers,
    })
  })
})
