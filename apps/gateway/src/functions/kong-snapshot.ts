import { type Kong, type PdkFunction, pdkFunctions } from '@postern/plugin-runtime'
import { asksForServiceBody } from './asks-for-body.ts'
import { type PlainData, plainData } from './plain-data.ts'

/** What a function in another process can read of a request: taken before it is called. */
export interface KongSnapshot {
  /** The phase of a pre-function or post-function; undefined for exit-transformer. */
  readonly phase?: string
  /**
   * By Kong's name: `request.get_method`. What cannot be read in this phase is not there; null stands
   * for nothing, as where no Consumer is known.
   */
  readonly values: Readonly<Record<string, PlainData>>
  readonly shared: PlainData
  readonly plugin: PlainData
  /** Without secrets; only for a source that names it, because it is long. */
  readonly configuration: PlainData
  readonly version: string
  readonly versionNum: number
}

/** They take arguments or may have to wait; the former are answered from the tables. */
const NOT_TAKEN = /_(?:header|header_values|query_arg|body)$/

const GETTERS: readonly PdkFunction[] = pdkFunctions.filter(
  ({ name, reach }) =>
    reach === 'request' && /(?:^|\.)get_\w+$/.test(name) && !NOT_TAKEN.test(name),
)

/** Takes a snapshot for one function; undefined when it has no use for one. */
export type TakeKongSnapshot = (kong: Kong) => KongSnapshot | undefined

/**
 * Looks into a source for what it can ask of `kong`, so that no more is read and sent with each
 * call: nothing where the name does not occur, else the namespaces whose names do.
 */
export function compileKongSnapshot(source: string): TakeKongSnapshot {
  const words = wordsOf(source)
  return words.has('kong') ? compileTake(words) : () => undefined
}

/**
 * The same for a function of a phase, which gets `kong` as its argument and may call it anything.
 *
 * @param body of the request, where the function asks for it and it could be read
 */
export function compilePhaseSnapshot(
  source: string,
  phase: string,
): (kong: Kong, body: Uint8Array | undefined) => KongSnapshot {
  const take = compileTake(wordsOf(source))
  const wantsAnswer = asksForServiceBody(source, phase)
  return (kong, body) => {
    const snapshot = { ...take(kong), phase }
    const answer = wantsAnswer ? serviceBodyOf(kong) : undefined
    if (body === undefined && answer === undefined) return snapshot
    return {
      ...snapshot,
      values: {
        ...snapshot.values,
        ...bodyValues('request', body, () => kong.request.getBody()),
        ...bodyValues('service.response', answer, () => kong.service.response.getBody()),
      },
    }
  }
}

/** Undefined where nobody had the response buffered. */
function serviceBodyOf(kong: Kong): Uint8Array | undefined {
  try {
    return kong.service.response.getRawBody()
  } catch {
    // The function is told so when it asks.
    return undefined
  }
}

/** JSON has no bytes: those that are not UTF-8 are shown with U+FFFD. */
function bodyValues(
  of: string,
  body: Uint8Array | undefined,
  fields: () => unknown,
): Record<string, PlainData> {
  if (body === undefined) return {}
  const text = Buffer.from(body).toString('utf8')
  return { [`${of}.get_raw_body`]: text, [`${of}.get_body`]: fieldsOf(fields) }
}

/** null, for Kong's nil, where the body is of no type that can be read. */
function fieldsOf(read: () => unknown): PlainData {
  try {
    const fields = read()
    return fields instanceof Promise ? null : plainData(fields)
  } catch {
    // Of no known type, or not what its type says.
    return null
  }
}

function wordsOf(source: string): ReadonlySet<string> {
  return new Set(source.match(/[A-Za-z_]\w*/g))
}

function compileTake(words: ReadonlySet<string>): (kong: Kong) => KongSnapshot {
  const wanted = GETTERS.filter(({ name }) => words.has(name.split('.', 1)[0] as string))
  const wantsConfiguration = words.has('configuration')
  return (kong) => ({
    ...take(kong, wanted),
    configuration: wantsConfiguration ? plainData(kong.configuration) : {},
  })
}

function take(kong: Kong, getters: readonly PdkFunction[]): Omit<KongSnapshot, 'configuration'> {
  const values: Record<string, PlainData> = {}
  for (const fn of getters) {
    const value = valueOf(fn, kong)
    if (value !== REFUSED) values[fn.name] = value ?? null
  }
  return {
    values,
    shared: plainData(kong.ctx.shared),
    plugin: plainData(kong.ctx.plugin),
    version: kong.version,
    versionNum: kong.versionNum,
  }
}

const REFUSED = Symbol('refused')

function valueOf(fn: PdkFunction, kong: Kong): PlainData | typeof REFUSED {
  try {
    return plainData(fn.call(kong, [])[0])
  } catch {
    // Not to be had in this phase: the function is told so when it asks.
    return REFUSED
  }
}
