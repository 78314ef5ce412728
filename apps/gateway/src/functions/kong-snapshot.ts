import { type Kong, type PdkFunction, pdkFunctions } from '@postern/plugin-runtime'
import { type PlainData, plainData } from './plain-data.ts'

/** What a function in another process can read of a request: taken before it is called. */
export interface KongSnapshot {
  /** By Kong's name: `request.get_method`. What cannot be read in this phase is not there. */
  readonly values: Readonly<Record<string, PlainData>>
  readonly shared: PlainData
  readonly plugin: PlainData
  readonly version: string
  readonly versionNum: number
}

/** They take arguments or may have to wait; the former are answered from the tables. */
const NOT_TAKEN = /_(?:header|header_values|query_arg|body)$/

const GETTERS: readonly PdkFunction[] = pdkFunctions.filter(
  ({ name }) => /(?:^|\.)get_\w+$/.test(name) && !NOT_TAKEN.test(name),
)

/** Takes a snapshot for one function; undefined when it has no use for one. */
export type TakeKongSnapshot = (kong: Kong) => KongSnapshot | undefined

/**
 * Looks into a source for what it can ask of `kong`, so that no more is read and sent with each
 * call: nothing where the name does not occur, else the namespaces whose names do.
 */
export function compileKongSnapshot(source: string): TakeKongSnapshot {
  const words = new Set(source.match(/[A-Za-z_]\w*/g))
  if (!words.has('kong')) return () => undefined
  const wanted = GETTERS.filter(({ name }) => words.has(name.split('.', 1)[0] as string))
  return (kong) => take(kong, wanted)
}

function take(kong: Kong, getters: readonly PdkFunction[]): KongSnapshot {
  const values: Record<string, PlainData> = {}
  for (const fn of getters) {
    const value = valueOf(fn, kong)
    if (value !== undefined) values[fn.name] = value
  }
  return {
    values,
    shared: plainData(kong.ctx.shared),
    plugin: plainData(kong.ctx.plugin),
    version: kong.version,
    versionNum: kong.versionNum,
  }
}

function valueOf(fn: PdkFunction, kong: Kong): PlainData {
  try {
    return plainData(fn.call(kong, [])[0])
  } catch {
    // Not to be had in this phase: the function is told so when it asks.
    return undefined
  }
}
