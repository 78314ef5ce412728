import {
  expectKnownFailures,
  type HostileResult,
  loadHostileResponses,
  runHostileResponses,
  type ScriptedUpstream,
  startScriptedUpstream,
} from '@postern/conformance'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { startHostileGateway, TESTED_ENGINES } from './hostile-gateway.ts'
import { HOSTILE_RESPONSES_OPEN } from './engine-open.ts'
import { residentBytes } from './resident-bytes.ts'
import type { RunningProgram } from './start-program.ts'
import { tellHeld } from './tell-held.ts'

describe.each(TESTED_ENGINES)('hostile responses, with the engine %s', (engine) => {
  const cases = loadHostileResponses()
  let upstream: ScriptedUpstream
  let program: RunningProgram
  let results: readonly HostileResult[]

  beforeAll(async () => {
    upstream = await startScriptedUpstream(cases)
    program = await startHostileGateway(engine, upstream.port, { client_max_body_size: '16m' })
    await addExitFunction(program)
    const { process } = program
    results = await runHostileResponses(cases, {
      proxyUrl: program.proxy,
      upstream,
      exitHeader: 'x-through-functions',
      isAlive: () => process.exitCode === null && process.signalCode === null,
      memory: () => residentBytes(process.pid),
    })
  }, 600_000)
  afterAll(async () => {
    await program?.stop()
    program?.cleanUp()
    await upstream?.close()
  })

  it('holds in all cases but those that are known not to', () => {
    console.log(`hostile responses, ${engine}: ${tellHeld(results)}`)
    expect(results).toHaveLength(cases.length)
    expectKnownFailures(results, HOSTILE_RESPONSES_OPEN[engine] ?? {})
  })

  it('breaks no invariant in any case', () => {
    const broken = results.flatMap(({ id, reasons }) =>
      reasons.filter((reason) => /\bV[1-5]\b/.test(reason)).map((reason) => `${id}: ${reason}`),
    )
    expect(broken).toEqual([])
  })
})

async function addExitFunction({ admin }: RunningProgram): Promise<void> {
  const source =
    'return function(s, b, h) h = h or {} h["X-Through-Functions"] = "1" return s, b, h end'
  const answer = await fetch(`${admin}/plugins`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      name: 'exit-transformer',
      config: { handle_unexpected: true, functions: [source] },
    }),
  })
  expect(answer.status).toBe(201)
}
