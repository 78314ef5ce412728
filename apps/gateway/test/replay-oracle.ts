import { type OracleCase, type OracleResult, runOracleCases } from '@postern/conformance'
import { VERSION } from '../src/version.ts'
import { startProgram } from './start-program.ts'

/** Kong was recorded with functions that may do everything, unless a case says otherwise. */
const RECORDED_WITH = { workers: '0', untrusted_lua: 'on' }

/** Replays recorded exchanges, each with the settings it was recorded with. */
export async function replayOracle(cases: readonly OracleCase[]): Promise<readonly OracleResult[]> {
  const results: OracleResult[] = []
  const groups = Map.groupBy(cases, ({ settings = {} }) => JSON.stringify(settings))
  for (const group of groups.values()) {
    results.push(...(await replay(group, { ...RECORDED_WITH, ...group[0]?.settings })))
  }
  return results
}

async function replay(
  cases: readonly OracleCase[],
  settings: Readonly<Record<string, string>>,
): Promise<readonly OracleResult[]> {
  const program = await startProgram({ settings })
  try {
    return await runOracleCases(cases, {
      adminUrl: program.admin,
      proxyUrl: program.proxy,
      serverToken: `postern/${VERSION}`,
      timeoutMs: 3000,
    })
  } finally {
    await program.stop()
    program.cleanUp()
  }
}
