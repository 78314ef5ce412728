// Runs in the process of the functions, and makes the global `kong` of each call there. It must not
// import anything but types: that process has nothing else loaded, and has been locked down.
import type { KongEffects } from './apply-effects.ts'
import type { KongSnapshot } from './kong-snapshot.ts'
import type { PlainData } from './plain-data.ts'

/** What a function did is applied when it has returned; more than this is a fault of it. */
const MAX_EFFECTS = 1000

/** The globals of one call, and what it did with them. */
export interface Endowments {
  readonly endowments: Readonly<Record<string, unknown>>
  /** Comes first among the arguments of the call: `kong` in the phases of a request. */
  readonly args?: readonly unknown[]
  effects(): KongEffects | undefined
  isExit?(thrown: unknown): boolean
}

/** Thrown where a function exits. Not an Error: a stack would be collected for nothing. */
const EXIT: object = Object.freeze({ message: 'the function has exited' })

/**
 * Makes `kong` from a snapshot of the request: getters answer from it, setters and log lines are
 * kept for the gateway. Names are there in camelCase and as in Lua.
 *
 * @param context the snapshot, or undefined where there is no request
 */
export function createEndowments(context: unknown): Endowments {
  if (context === undefined || context === null) return NOTHING
  const snapshot = context as KongSnapshot
  const calls: [name: string, args: PlainData[]][] = []
  const shared = copyOf(snapshot.shared)
  const plugin = copyOf(snapshot.plugin)
  let hasExited = false
  const kong = createKong(snapshot, { shared, plugin }, (name, args) => {
    // Whoever catches the exit has exited all the same.
    if (hasExited) return
    if (calls.length >= MAX_EFFECTS) throw new Error(`more than ${MAX_EFFECTS} calls of kong`)
    calls.push([name, args.map(copyOf)])
    if (!EXITS.has(name) || snapshot.phase === 'header_filter') return
    hasExited = true
    throw EXIT
  })
  return {
    endowments: { kong },
    ...(snapshot.phase === undefined ? {} : { args: [kong] }),
    isExit: (thrown) => thrown === EXIT,
    effects() {
      const state = {
        ...changed('shared', snapshot, shared),
        ...changed('plugin', snapshot, plugin),
      }
      return calls.length === 0 && Object.keys(state).length === 0 ? undefined : { calls, ...state }
    },
  }
}

/** The names of the endowments are the same for each call. */
const NOTHING: Endowments = { endowments: { kong: undefined }, effects: () => undefined }

type RecordCall = (name: string, args: readonly unknown[]) => void

interface State {
  readonly shared: unknown
  readonly plugin: unknown
}

/**
 * Namespaces are made when they are first used: most functions use none or one. They stand behind
 * accessors for another reason too: endowments are frozen with everything they lead to, and
 * `kong.ctx.shared` is there to be written to.
 */
function createKong(snapshot: KongSnapshot, ctx: State, record: RecordCall): object {
  const made = new Map<string, object>()
  const lazily = (name: string, make: () => object) => ({
    enumerable: true,
    configurable: true,
    get() {
      const known = made.get(name) ?? make()
      made.set(name, known)
      return known
    },
  })
  const namespace = (name: string) => lazily(name, () => namespaceOf(name, snapshot, record))
  const service = () =>
    Object.defineProperties(namespaceOf('service', snapshot, record), {
      request: namespace('service.request'),
      response: namespace('service.response'),
    })
  return Object.defineProperties(
    {
      configuration: snapshot.configuration,
      version: snapshot.version,
      versionNum: snapshot.versionNum,
      version_num: snapshot.versionNum,
    },
    {
      request: namespace('request'),
      response: namespace('response'),
      client: namespace('client'),
      router: namespace('router'),
      node: namespace('node'),
      plugin: namespace('plugin'),
      service: lazily('service', service),
      log: lazily('log', () => createLog(record)),
      ctx: lazily('ctx', () => ctx),
    },
  )
}

type AnyFunction = (...args: unknown[]) => unknown

function namespaceOf(name: string, snapshot: KongSnapshot, record: RecordCall): object {
  const functions: Record<string, AnyFunction> = {}
  for (const [path, value] of Object.entries(snapshot.values)) {
    if (isIn(path, name)) both(functions, lastOf(path), () => value ?? undefined)
  }
  for (const [path, read] of LOOK_UPS) {
    if (isIn(path, name)) both(functions, lastOf(path), (key) => read(snapshot, key))
  }
  const isPhase = snapshot.phase !== undefined
  for (const path of isPhase ? RECORDED_IN_PHASES : RECORDED) {
    if (isIn(path, name)) both(functions, lastOf(path), (...args) => record(path, args))
  }
  for (const path of isPhase ? [] : EXITS) {
    if (isIn(path, name)) both(functions, lastOf(path), () => refuse(path))
  }
  for (const path of BODIES) {
    const isSent = Object.hasOwn(snapshot.values, path)
    if (!isSent && isIn(path, name)) both(functions, lastOf(path), () => refuse(path))
  }
  return functions
}

function isIn(path: string, namespace: string): boolean {
  return path.lastIndexOf('.') === namespace.length && path.startsWith(namespace)
}

function lastOf(path: string): string {
  return path.slice(path.lastIndexOf('.') + 1)
}

function both(functions: Record<string, AnyFunction>, name: string, fn: AnyFunction): void {
  functions[name] = fn
  functions[name.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase())] = fn
}

/** Getters with an argument, answered from the tables of the snapshot. */
const LOOK_UPS: readonly (readonly [string, (snapshot: KongSnapshot, key: unknown) => unknown])[] =
  [
    ['request.get_header', (snapshot, key) => header(snapshot, 'request.get_headers', key)],
    [
      'request.get_header_values',
      (snapshot, key) => headerValues(snapshot, 'request.get_headers', key),
    ],
    ['request.get_query_arg', (snapshot, key) => argument(snapshot, key)],
    ['response.get_header', (snapshot, key) => header(snapshot, 'response.get_headers', key)],
    [
      'service.response.get_header',
      (snapshot, key) => header(snapshot, 'service.response.get_headers', key),
    ],
  ]

/** What is kept until the function has returned. */
const RECORDED: readonly string[] = [
  'response.set_status',
  'response.set_header',
  'response.add_header',
  'response.clear_header',
  'response.set_headers',
]

/** They end a function of a phase. Where an answer is on its way already, they refuse. */
const EXITS: ReadonlySet<string> = new Set(['response.exit', 'response.error'])

const RECORDED_IN_PHASES: readonly string[] = [
  ...RECORDED,
  ...EXITS,
  'client.authenticate',
  'service.set_upstream',
  'service.set_target',
  'service.set_retries',
  'service.set_timeouts',
  'service.set_tls_verify',
  'service.set_tls_verify_depth',
  'service.request.enable_buffering',
  'service.request.set_scheme',
  'service.request.set_path',
  'service.request.set_raw_query',
  'service.request.set_method',
  'service.request.set_query',
  'service.request.clear_query_arg',
  'service.request.set_header',
  'service.request.add_header',
  'service.request.clear_header',
  'service.request.set_headers',
  'service.request.set_raw_body',
  'service.request.set_body',
]

/** There only where they were sent along. */
const BODIES: readonly string[] = [
  'request.get_body',
  'request.get_raw_body',
  'service.response.get_body',
  'service.response.get_raw_body',
]

function refuse(path: string): never {
  const what = path.startsWith('response.') ? 'return the answer instead' : 'no body is sent along'
  throw new Error(`kong.${path} cannot be called here: ${what}`)
}

function header(snapshot: KongSnapshot, table: string, key: unknown): unknown {
  if (typeof key !== 'string') throw new TypeError('header name must be a string')
  return first(tableOf(snapshot, table), key.toLowerCase().replaceAll('_', '-'))
}

function headerValues(snapshot: KongSnapshot, table: string, key: unknown): unknown[] {
  if (typeof key !== 'string') throw new TypeError('header name must be a string')
  const headers = tableOf(snapshot, table)
  const name = key.toLowerCase().replaceAll('_', '-')
  const value = Object.hasOwn(headers, name) ? headers[name] : undefined
  if (value === undefined) return []
  return Array.isArray(value) ? [...value] : [value]
}

function argument(snapshot: KongSnapshot, key: unknown): unknown {
  if (typeof key !== 'string') throw new TypeError('query argument name must be a string')
  return first(tableOf(snapshot, 'request.get_query'), key)
}

function tableOf(snapshot: KongSnapshot, name: string): Readonly<Record<string, unknown>> {
  return (snapshot.values[name] ?? {}) as Readonly<Record<string, unknown>>
}

/** Names come from clients, so only own properties count. */
function first(table: Readonly<Record<string, unknown>>, key: string): unknown {
  const value = Object.hasOwn(table, key) ? table[key] : undefined
  return Array.isArray(value) ? value[0] : value
}

const LOG_LEVELS: readonly string[] = [
  'debug',
  'info',
  'notice',
  'warn',
  'err',
  'crit',
  'alert',
  'emerg',
  'inspect',
  'deprecation',
]

/** `kong.log` is a function for the level notice, with the levels as its properties. */
function createLog(record: RecordCall): object {
  const log = (...values: unknown[]): void => record('log.notice', values)
  const functions: Record<string, AnyFunction> = {}
  for (const level of LOG_LEVELS) {
    functions[level] = (...values) => record(`log.${level}`, values)
  }
  both(functions, 'set_serialize_value', (...args) => record('log.set_serialize_value', args))
  return Object.assign(log, functions)
}

/** Through JSON: what leaves has to be data, and later changes of the function must not count. */
function copyOf(value: unknown): PlainData {
  const text = JSON.stringify(value)
  return text === undefined ? undefined : (JSON.parse(text) as PlainData)
}

function changed(
  name: 'shared' | 'plugin',
  snapshot: KongSnapshot,
  after: unknown,
): Partial<Record<string, PlainData>> {
  const same = JSON.stringify(snapshot[name]) === JSON.stringify(after)
  return same ? {} : { [name]: copyOf(after) }
}
