// Runs the cases recorded from Kong (test/cases) through `kong.response`, with a server that is
// nothing but lists: no sockets, one phase after the other.
import {
  EXIT_SIGNAL,
  type Exit,
  errorExit,
  canHaveBody,
  createResponseState,
  DEFAULT_RESPONSE_SETTINGS,
  filterChunk,
  HeaderList,
  isTruncated,
  type PdkPhase,
  renderExit,
  renderStreamExit,
  type ResponseHost,
  ResponsePdk,
} from '../src/index.ts'

/** A call of a function below `kong`, or of the harness (`$raise`). */
type CaseCall = readonly [name: string, ...args: unknown[]]

/** What other plugins do in the same request. */
interface CaseHandler {
  readonly phase: PdkPhase
  readonly calls: readonly CaseCall[]
}

/** One recorded case; the fields that we read. */
export interface KongCase {
  readonly id: string
  readonly phase: PdkPhase
  readonly calls: readonly CaseCall[]
  readonly before?: readonly CaseHandler[]
  readonly also?: readonly CaseHandler[]
  readonly context?: {
    readonly http_version?: number
    readonly proxied?: boolean
    readonly exited?: boolean
    readonly unexpected?: boolean
    readonly subsystem?: string
    readonly harness?: string
  }
  readonly request?: {
    readonly method?: string
    readonly headers?: Readonly<Record<string, string | readonly string[]>>
  }
  readonly upstream?: {
    readonly status: number
    readonly headers?: Readonly<Record<string, string | readonly string[]>>
    readonly body?: string
    readonly chunks?: readonly string[]
    readonly header_flood?: number
  }
  readonly quirk?: boolean
  readonly superseded?: string
  readonly expect: Readonly<Record<string, unknown>>
}

/** What came of a case. */
export interface CaseResult {
  status: number
  headers: HeaderList
  body: string
  /** One list for each main call; null where the call did not return. */
  returns: (unknown[] | null)[]
  lastReturns: (unknown[] | null)[]
  /** One text for each main call; null where it did not throw. */
  errors: (string | null)[]
  log: string[]
  flushError: string | undefined
  streamOutput: string
  finalize: number | undefined
}

/** Runs one case from the first phase to the last. */
export function runCase(test: KongCase): CaseResult {
  const run = new CaseRun(test)
  if (test.context?.subsystem === 'stream') run.stream()
  else if (test.context?.harness !== undefined || test.phase === 'admin_api') run.content()
  else run.proxy()
  return run.result
}

class CaseRun implements ResponseHost {
  phase: PdkPhase = 'rewrite'
  readonly pluginName = undefined
  readonly settings = DEFAULT_RESPONSE_SETTINGS
  readonly response = createResponseState()
  readonly request: ResponseHost['request']
  readonly log: { warn(...values: readonly unknown[]): void }
  readonly result: CaseResult
  readonly #test: KongCase
  readonly #pdk: ResponsePdk
  #exit: Exit | undefined
  #interrupted = false

  constructor(test: KongCase) {
    this.#test = test
    this.#pdk = new ResponsePdk(this)
    this.request = {
      id: 'cafe',
      method: test.request?.method ?? 'GET',
      httpVersion: test.context?.http_version ?? 1.1,
      headers: headersOf(test.request?.headers),
    }
    this.result = {
      status: 0,
      headers: this.response.headers,
      body: '',
      returns: [],
      lastReturns: [],
      errors: [],
      log: [],
      flushError: undefined,
      streamOutput: '',
      finalize: undefined,
    }
    this.log = { warn: (...values) => void this.result.log.push(values.join('')) }
  }

  recordExit(exit: Exit): void {
    if (this.#interrupted && this.phase !== 'header_filter') return
    this.#exit = exit
    this.#interrupted = true
  }

  proxy(): void {
    this.#runPhase('rewrite')
    if (this.#exit === undefined) this.#runPhase('access')
    let body: string | Uint8Array | undefined
    if (this.#exit === undefined) {
      this.#takeServiceHead()
      this.#runPhase('response')
    }
    if (this.#exit !== undefined) body = this.#render(this.#exit)
    const before = this.#exit
    Object.assign(this.response, contextFlags(this.#test))
    this.#runPhase('header_filter')
    if (this.#exit !== before && this.#exit !== undefined) body = this.#render(this.#exit)
    this.response.headSent = true
    this.#sendBody(this.#exit === undefined ? this.#chunks() : [body ?? ''])
    this.#runPhase('log')
    this.result.status = this.response.status
  }

  /** A content handler of the server: it has one phase, and the case decides when the head leaves. */
  content(): void {
    this.#runPhase(this.#test.phase)
    if (this.#exit === undefined) return
    this.result.body = textOf(this.#render(this.#exit))
    this.result.status = this.response.status
  }

  stream(): void {
    this.#runPhase('preread')
    if (this.#exit === undefined) return
    const { output, status } = renderStreamExit(this.#exit)
    this.result.streamOutput = textOf(output)
    this.result.finalize = status
  }

  #takeServiceHead(): void {
    const { upstream, context } = this.#test
    this.response.proxied = context?.proxied !== false
    this.response.status = upstream?.status ?? 200
    for (const [name, value] of headersOf(upstream?.headers)) {
      this.response.headers.append(name, value)
    }
    for (let i = 1; i <= (upstream?.header_flood ?? 0); i++) {
      this.response.headers.append(`X-Header-${i}`, 'test')
    }
    if (upstream?.body !== undefined) {
      this.response.headers.append('Content-Length', String(Buffer.byteLength(upstream.body)))
    }
  }

  #chunks(): readonly string[] {
    const { upstream } = this.#test
    return upstream?.chunks ?? (upstream?.body === undefined ? [] : [upstream.body])
  }

  #render(exit: Exit): string | Uint8Array | undefined {
    const rendered = renderExit(exit, this)
    this.result.flushError = rendered.failure?.message ?? this.result.flushError
    return rendered.body
  }

  #sendBody(chunks: readonly (string | Uint8Array)[]): void {
    this.phase = 'body_filter'
    const sent: Uint8Array[] = []
    const pass = (chunk: Uint8Array | undefined, last: boolean): void => {
      const piece = filterChunk(this.response, { chunk, last }, () => {
        this.#interrupted = false
        if (this.#test.phase === 'body_filter') this.#main()
      })
      if (piece !== undefined) sent.push(piece)
    }
    for (const chunk of chunks) pass(Buffer.from(chunk), false)
    pass(undefined, true)
    const isShown = canHaveBody(this.request.method, this.response.status)
    this.result.body = isShown ? Buffer.concat(sent).toString('utf8') : ''
  }

  #runPhase(phase: PdkPhase): void {
    this.phase = phase
    this.#interrupted = false
    const { before = [], also = [], calls } = this.#test
    const steps = [
      ...before.filter((other) => other.phase === phase).map((other) => () => this.#other(other)),
      ...(this.#test.phase === phase ? [() => this.#main(calls)] : []),
      ...also.filter((other) => other.phase === phase).map((other) => () => this.#other(other)),
    ]
    for (const step of steps) {
      if (this.#interrupted && phase !== 'header_filter') return
      this.#step(step)
    }
  }

  /** What a runtime does around each handler of a plugin. */
  #step(step: () => void): void {
    try {
      step()
    } catch (error) {
      if (error === EXIT_SIGNAL) return
      this.#interrupted = true
      const facts = { status: 500, reason: 'plugin.crashed', phase: this.phase } as const
      this.#exit = errorExit({ ...facts, source: 'error', kind: 'unexpected' }, this)
    }
  }

  #other({ calls }: CaseHandler): void {
    for (const call of calls) this.#call(call)
  }

  /** The handler that the case is about: what its calls throw is noted, and the next one follows. */
  #main(calls: readonly CaseCall[] = this.#test.calls): void {
    const returns: (unknown[] | null)[] = calls.map(() => null)
    if (this.result.returns.length === 0) this.result.returns = returns
    this.result.lastReturns = returns
    const errors: (string | null)[] = calls.map(() => null)
    this.result.errors = errors
    calls.forEach((call, index) => {
      try {
        returns[index] = this.#call(call)
      } catch (error) {
        if (error === EXIT_SIGNAL || call[0] === '$raise') throw error
        errors[index] = (error as Error).message
      }
    })
  }

  #call([name, ...args]: CaseCall): unknown[] {
    if (name === '$raise') throw new Error(String(args[0]))
    if (name === '$send_headers') {
      this.response.headSent = true
      return []
    }
    const method = name
      .replace('response.', '')
      .replace(/_([a-z])/g, (_, c: string) => c.toUpperCase())
    const implementation = Reflect.get(this.#pdk, method) as (...args: unknown[]) => unknown
    const value = implementation.apply(this.#pdk, args.map(argumentOf))
    if (value === undefined) return []
    if (value instanceof Uint8Array) return [textOf(value)]
    const isCut = typeof value === 'object' && value !== null && isTruncated(value as never)
    return isCut ? [value, 'truncated'] : [value]
  }
}

function contextFlags({ context }: KongCase): object {
  return Object.fromEntries(
    (['exited', 'unexpected'] as const)
      .filter((flag) => context?.[flag] !== undefined)
      .map((flag) => [flag, context?.[flag]]),
  )
}

function headersOf(
  headers: Readonly<Record<string, string | readonly string[]>> | undefined,
): HeaderList {
  const list = new HeaderList()
  for (const [name, value] of Object.entries(headers ?? {})) list.append(name, value)
  return list
}

function textOf(body: string | Uint8Array | undefined): string {
  return body === undefined ? '' : Buffer.from(body as Uint8Array).toString('utf8')
}

/** The value forms of the cases: functions, tables with numbers as keys, long texts. */
function argumentOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(argumentOf)
  if (typeof value !== 'object' || value === null) return value
  const form = value as Record<string, unknown>
  if (form['$type'] === 'function') return () => undefined
  if (typeof form['$repeat'] === 'string') return form['$repeat'].repeat(Number(form['n']))
  if (typeof form['$intkeys'] === 'object' && form['$intkeys'] !== null) {
    return new Map(Object.entries(form['$intkeys']).map(([key, one]) => [Number(key), one]))
  }
  return Object.fromEntries(Object.entries(form).map(([key, one]) => [key, argumentOf(one)]))
}
