import type { Exit } from '@postern/pdk-response'
import { exitTransformerErrors } from './errors.ts'
import { answerOfJavaScript } from './exit-answer.ts'
import type { ExitFunction, ExitFunctionContext } from './exit-function.ts'
import type { CompiledExitFunction, ExitFunctionEngine } from './exit-function-engine.ts'
import { createCounters, type FunctionCounters } from './function-counters.ts'
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

/** Passes an answer through the functions. A promise only when a function answered one. */
export interface ExitTransformer {
  (exit: ExitLike, about?: Partial<ExitFunctionContext>): Exit | Promise<Exit>
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
  function transform(exit: ExitLike, about?: Partial<ExitFunctionContext>): Exit | Promise<Exit> {
    const whole: Exit = { ...NO_EXIT, ...exit }
    const context: ExitFunctionContext = { ...NO_CONTEXT, ...factsOf(whole), ...about }
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

function plainFunction(plain: ExitFunction): CompiledExitFunction {
  return (input, context) => {
    const headers = input.headers === undefined ? undefined : { ...input.headers }
    const returned: unknown = plain(input.status, copyOf(input.body), headers, context)
    if (!(returned instanceof Promise)) return answerOfJavaScript(returned, input)
    return returned.then((later: unknown) => answerOfJavaScript(later, input))
  }
}

/** Through JSON, because that is how the body leaves: a Date reads the same as it will on the wire. */
function copyOf(body: unknown): unknown {
  if (typeof body !== 'object' || body === null || body instanceof Uint8Array) return body
  return JSON.parse(JSON.stringify(body))
}

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

const NO_CONTEXT: ExitFunctionContext = {
  reason: 'exit',
  source: 'exit',
  phase: 'access',
  plugin: undefined,
  message: undefined,
  requestId: '',
  request: {
    method: 'GET',
    scheme: 'http',
    host: '',
    path: '/',
    query: {},
    headers: {},
    accept: undefined,
    acceptLanguage: undefined,
  },
  route: undefined,
  service: undefined,
  consumer: undefined,
}
