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

/** They take arguments, may have to wait, or are answered from the others. */
const NOT_TAKEN: ReadonlySet<string> = new Set([
  'request.get_header',
  'request.get_query_arg',
  'request.get_raw_body',
  'request.get_body',
  'response.get_header',
  'response.get_raw_body',
  'service.response.get_header',
  'service.response.get_raw_body',
  'service.response.get_body',
])

const TAKEN: readonly PdkFunction[] = pdkFunctions.filter(
  ({ name }) => /(?:^|\.)get_\w+$/.test(name) && !NOT_TAKEN.has(name),
)

/** Reads everything of `kong` that a function may ask for. */
export function takeKongSnapshot(kong: Kong): KongSnapshot {
  const values: Record<string, PlainData> = {}
  for (const fn of TAKEN) {
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
