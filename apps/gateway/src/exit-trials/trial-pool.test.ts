import { afterEach, describe, expect, it, vi } from 'vitest'
import { loadConfig } from '../config/load-config.ts'
import { createTrialPool, type TrialPool, type TrialPoolOptions } from './trial-pool.ts'
import type { AskedTrial } from './trial-process.ts'
import type { TriedExit } from './tried-exit.ts'

// Several processes start in one test, and a busy machine takes seconds for each.
vi.setConfig({ testTimeout: 60_000, hookTimeout: 60_000 })

// `on`, because a confined function cannot take long, nor end a process.
const env = { POSTERN_UNTRUSTED_FUNCTIONS: 'on' }
const { config } = loadConfig({ env, folder: '/nowhere' })
const pools: TrialPool[] = []
afterEach(() => {
  for (const pool of pools.splice(0)) pool.close()
})

function open(options?: TrialPoolOptions): TrialPool {
  const pool = createTrialPool(config, options)
  pools.push(pool)
  return pool
}

function trial(source: string, changes: Partial<AskedTrial> = {}): AskedTrial {
  const functions = [{ name: 'f', source }]
  return { functions, language: 'auto', timeoutMs: 5000, exits: [{ status: 403 }], ...changes }
}

const TEAPOT = 'return function() return 418 end'
const SLOW = 'async () => { await new Promise((done) => setTimeout(done, 60_000)) }'

describe('createTrialPool()', () => {
  it('tries functions on each exit, in order', async () => {
    const exits = [{ status: 400 }, { status: 404 }]
    const { exits: told, isCut } = await open().try(trial('(s) => [s + 1]', { exits }))
    const statuses = told.map((text) => (JSON.parse(text) as TriedExit).response.status)
    expect(statuses).toEqual([401, 405])
    expect(isCut).toBe(false)
  })

  it('tells what is wrong with the exit by its code', async () => {
    await expect(open().try(trial(TEAPOT, { exits: [{}] }))).rejects.toMatchObject({
      code: 'POSTERN_TRIAL_STATUS_MISSING',
    })
  })

  it('answers no more than its limit, and says so', async () => {
    const source = 'return function(s) return s, ("x"):rep(4000000) end'
    const exits = Array.from({ length: 6 }, () => ({ status: 403 }))
    const { exits: told, isCut } = await open().try(trial(source, { exits }))
    expect(told).toHaveLength(4)
    expect(isCut).toBe(true)
  })

  it('ends a trial at its deadline', async () => {
    await expect(open({ deadlineMs: 200 }).try(trial(SLOW))).rejects.toMatchObject({
      code: 'POSTERN_TRIAL_PROCESS',
      message: 'the process that tries functions was ended after 200 ms',
    })
  })

  it('has trials after renew() run in a new process, those before in the old one', async () => {
    const pool = open()
    const tellPid = trial('() => [200, { pid: process.ppid }]')
    const pidOf = ({ exits }: Awaited<ReturnType<TrialPool['try']>>) =>
      (JSON.parse(exits[0] as string) as TriedExit).response.body
    const before = [pool.try(tellPid), pool.try(tellPid)]
    pool.renew()
    const after = await pool.try(tellPid)
    const [first, second] = await Promise.all(before)
    expect(pidOf(first as typeof after)).toEqual(pidOf(second as typeof after))
    expect(pidOf(first as typeof after)).not.toEqual(pidOf(after))
  })

  it('tells when its process dies, and begins anew with the next trial', async () => {
    const pool = open()
    const deadly = "() => process.kill(process.ppid, 'SIGKILL')"
    await expect(pool.try(trial(deadly))).rejects.toMatchObject({
      code: 'POSTERN_TRIAL_PROCESS',
      message: 'the process that tries functions ended with SIGKILL',
    })
    expect((await pool.try(trial(TEAPOT))).exits).toHaveLength(1)
  })

  it('refuses more trials than may wait', async () => {
    const pool = open({ maxWaiting: 2 })
    const first = pool.try(trial(TEAPOT))
    const second = pool.try(trial(TEAPOT))
    await expect(pool.try(trial(TEAPOT))).rejects.toMatchObject({ code: 'POSTERN_TRIAL_BUSY' })
    await Promise.all([first, second])
    expect((await pool.try(trial(TEAPOT))).exits).toHaveLength(1)
  })

  it('fails trials that are under way when it is closed', async () => {
    const pool = open()
    const running = pool.try(trial(SLOW, { timeoutMs: 10_000 }))
    const waiting = pool.try(trial(TEAPOT))
    setImmediate(() => pool.close())
    await expect(running).rejects.toMatchObject({ code: 'POSTERN_TRIAL_PROCESS' })
    await expect(waiting).rejects.toMatchObject({ code: 'POSTERN_TRIAL_PROCESS' })
  })
})
