import type { Exit } from '@postern/pdk-response'
import { exitTransformerErrors } from './errors.ts'
import { ALWAYS_SECRET, redact, textOf } from './exit-context.ts'
import type { ExitFunction, ExitFunctionContext, ExitRequest } from './exit-function.ts'
import type { CompiledExitFunction, ExitFunctionEngine } from './exit-function-engine.ts'
import { createCounters, type FunctionCounters } from './function-counters.ts'
import { plainFunction } from './plain-function.ts'
import { reduceExit } from './reduce-exit.ts'
import type { CountedFunction } from './run-function.ts'

/** What `createExitTransformer` needs. */
export interface ExitTransformerOptions {
  /**
   * Run in order; each gets what the one before it answered. A text is the source of a function
   * nobody vouches for, and needs `engine`.
   */
  readonly functions: readonly (ExitFunction | string)[]
  /** Compiles sources. Its functions have deadlines and limits, as far as the engine has any. */
  readonly engine?: Pick<ExitFunctionEngine, 'compile'>
  /** Milliseconds for one call of one source. Default: 50. */
  readonly timeoutMs?: number
  /** Takes one line for each function that failed. Default: standard error. */
  readonly log?: { err(...values: readonly unknown[]): void }
}

/** An answer to be sent; only the status is a must. */
export type ExitLike = Partial<Exit> & { readonly status: number }

/**
 * What the caller knows of an answer besides. Of the request, `accept` and `acceptLanguage` are read
 * from `headers` where they are not told; secrets in `headers` and `query` read `REDACTED` then.
 */
export type ExitAbout = Partial<Omit<ExitFunctionContext, 'request'>> & {
  readonly request?: Partial<ExitRequest>
}

/** Passes an answer through the functions. A promise only when a function answered one. */
export interface ExitTransformer {
  (exit: ExitLike, about?: ExitAbout): Exit | Promise<Exit>
  /** One for each function, in order, counted from the start. */
  readonly counters: readonly FunctionCounters[]
}

/**
 * Makes a function that passes answers through functions of your own, as the plugin does with those
 * of an operator. They are not confined: there is no deadline and no limit of memory. Sources are
 * confined by the engine that compiles them.
 *
 * @throws POSTERN_EXIT_TRANSFORMER_ENGINE_MISSING, and what the engine throws for a source
 *
 * @example
 * const transform = createExitTransformer({
 *   functions: [(status, body: { message: string }) => ({ body: { error: body.message } })],
 * })
 * const exit = await transform({ status: 404, body: { message: 'Not found' } })
 */
export function createExitTransformer(options: ExitTransformerOptions): ExitTransformer {
  const log = options.log ?? { err: (...values) => console.error(...values) }
  const functions = options.functions.map((fn, index) => countFunction(fn, index, options))
  function transform(exit: ExitLike, about?: ExitAbout): Exit | Promise<Exit> {
    const whole: Exit = { ...NO_EXIT, ...exit }
    const request = requestOf(about?.request ?? {})
    const context: ExitFunctionContext = { ...NO_CONTEXT, ...factsOf(whole), ...about, request }
    return reduceExit(whole, functions, { context, kong: undefined, log })
  }
  return Object.assign(transform, { counters: functions.map((fn) => fn.counters) })
}

function countFunction(
  fn: ExitFunction | string,
  index: number,
  options: ExitTransformerOptions,
): CountedFunction {
  const name = `exit-transformer[${index + 1}]`
  const run = typeof fn === 'string' ? compile(fn, index, options) : plainFunction(fn)
  return { name, run, counters: createCounters() }
}

function compile(
  source: string,
  index: number,
  { engine, timeoutMs = DEFAULT_TIMEOUT_MS }: ExitTransformerOptions,
): CompiledExitFunction {
  if (engine === undefined) throw exitTransformerErrors.ENGINE_MISSING(index + 1)
  const name = `exit-transformer[${index + 1}]`
  return engine.compile(source, { name, language: 'auto', timeoutMs, isShadow: false })
}

const DEFAULT_TIMEOUT_MS = 50

const NO_EXIT: Omit<Exit, 'status'> = {
  body: undefined,
  headers: undefined,
  source: 'exit',
  kind: 'ordinary',
  reason: 'exit',
  message: undefined,
  phase: 'access',
  plugin: undefined,
}

function factsOf(exit: Exit): Pick<ExitFunctionContext, 'reason' | 'source' | 'phase' | 'message'> {
  const { reason, source, phase, message } = exit
  return { reason, source, phase, message }
}

const NO_REQUEST: ExitRequest = {
  method: 'GET',
  scheme: 'http',
  host: '',
  path: '/',
  query: {},
  headers: {},
  accept: undefined,
  acceptLanguage: undefined,
}

function requestOf(request: Partial<ExitRequest>): ExitRequest {
  const headers = Object.fromEntries(
    Object.entries(request.headers ?? {}).map(([name, value]) => [name.toLowerCase(), value]),
  )
  return {
    ...NO_REQUEST,
    accept: textOf(headers.accept),
    acceptLanguage: textOf(headers['accept-language']),
    ...request,
    headers: redact(headers, ALWAYS_SECRET),
    query: redact(request.query ?? {}, ALWAYS_SECRET),
  }
}

const NO_CONTEXT: ExitFunctionContext = {
  reason: 'exit',
  source: 'exit',
  phase: 'access',
  plugin: undefined,
  message: undefined,
  requestId: '',
  request: NO_REQUEST,
  route: undefined,
  service: undefined,
  consumer: undefined,
}
