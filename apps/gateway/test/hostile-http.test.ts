import {
  expectKnownFailures,
  type HostileResult,
  loadHostileRequests,
  type Recorder,
  runHostileRequests,
  startRecorder,
} from '@postern/conformance'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KEYS, startHostileGateway, TESTED_ENGINES } from './hostile-gateway.ts'
import { HOSTILE_REQUESTS_OPEN } from './engine-open.ts'
import type { RunningProgram } from './start-program.ts'
import { tellHeld } from './tell-held.ts'

describe.each(TESTED_ENGINES)('hostile requests, with the engine %s', (engine) => {
  const cases = loadHostileRequests()
  let recorder: Recorder
  let program: RunningProgram
  let results: readonly HostileResult[]

  beforeAll(async () => {
    recorder = await startRecorder()
    program = await startHostileGateway(engine, recorder.port)
    const { process } = program
    results = await runHostileRequests(cases, {
      proxyUrl: program.proxy,
      recorder,
      isAlive: () => process.exitCode === null && process.signalCode === null,
      log: () => program.log(),
      secrets: KEYS,
    })
  }, 600_000)
  afterAll(async () => {
    await program?.stop()
    program?.cleanUp()
    await recorder?.close()
  })

  it('holds in all cases but those that are known not to', () => {
    console.log(`hostile requests, ${engine}: ${tellHeld(results)}`)
    expect(results).toHaveLength(cases.length)
    expectKnownFailures(results, HOSTILE_REQUESTS_OPEN[engine] ?? {})
  })

  it('breaks no invariant in any case', () => {
    const broken = results.flatMap(({ id, reasons }) =>
      reasons.filter((reason) => /\bI[1-8]\b/.test(reason)).map((reason) => `${id}: ${reason}`),
    )
    expect(broken).toEqual([])
  })
})
