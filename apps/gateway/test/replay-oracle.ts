import {
  compareApisix,
  compareOracle,
  loadApisix,
  type OracleCase,
  type OracleOptions,
  type OracleResult,
  runOracleCases,
  translateApisix,
} from '@postern/conformance'
import { VERSION } from '../src/version.ts'
import { startProgram } from './start-program.ts'

/** Kong was recorded with functions that may do everything, unless a case says otherwise. */
const RECORDED_WITH = { workers: '0', untrusted_lua: 'on' }

/** Replays exchanges with Kong, each with the settings it was recorded with. */
export async function replayOracle(cases: readonly OracleCase[]): Promise<readonly OracleResult[]> {
  const results: OracleResult[] = []
  const groups = Map.groupBy(cases, ({ settings = {} }) => JSON.stringify(settings))
  for (const group of groups.values()) {
    results.push(...(await replay(group, { ...RECORDED_WITH, ...group[0]?.settings })))
  }
  return results
}

/** Replays exchanges with APISIX, told in Kong's words, with the settings a new gateway has. */
export async function replayApisix(): Promise<readonly OracleResult[]> {
  return replay(loadApisix().map(translateApisix), { workers: '0' }, compareApisix)
}

async function replay(
  cases: readonly OracleCase[],
  settings: Readonly<Record<string, string>>,
  compare: OracleOptions['compare'] = compareOracle,
): Promise<readonly OracleResult[]> {
  const program = await startProgram({ settings })
  try {
    return await runOracleCases(cases, {
      adminUrl: program.admin,
      proxyUrl: program.proxy,
      serverToken: `postern/${VERSION}`,
      timeoutMs: 3000,
      compare,
    })
  } finally {
    await program.stop()
    program.cleanUp()
  }
}
