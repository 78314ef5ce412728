import type { Exit } from '@postern/pdk-response'
import { answerOfJavaScript } from './exit-answer.ts'
import type { ExitFunction, ExitFunctionContext } from './exit-function.ts'
import { createCounters, type FunctionCounters } from './function-counters.ts'
import { reduceExit } from './reduce-exit.ts'
import type { CountedFunction } from './run-function.ts'

/**
 * A function in your own program.
 *
 * Answers `[status, body, headers]`, `{ status, body, headers }` or nothing. `body` and `headers`
 * are copies: changing them changes nothing but what is answered. Say what you expect where you
 * expect it: `(status, body: { message?: string } | undefined) => ...` fits this type.
 */
export type PlainExitFunction = PlainExitFunctions['run']

/** A method and not a function type, so that a function may narrow the type of its body. */
interface PlainExitFunctions {
  run(
    status: number,
    body: unknown,
    headers: Record<string, unknown> | undefined,
    exit: ExitFunctionContext,
  ): unknown
}

/** What `createExitTransformer` needs. */
export interface ExitTransformerOptions {
  /** Run in order; each gets what the one before it answered. */
  readonly functions: readonly PlainExitFunction[]
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
 * of an operator. They are not confined: there is no deadline and no limit of memory.
 *
 * @example
 * const transform = createExitTransformer({
 *   functions: [(status, body: { message: string }) => ({ body: { error: body.message } })],
 * })
 * const exit = await transform({ status: 404, body: { message: 'Not found' } })
 */
export function createExitTransformer(options: ExitTransformerOptions): ExitTransformer {
  const log = options.log ?? { err: (...values) => console.error(...values) }
  const functions = options.functions.map(countPlain)
  function transform(exit: ExitLike, about?: Partial<ExitFunctionContext>): Exit | Promise<Exit> {
    const whole: Exit = { ...NO_EXIT, ...exit }
    const context: ExitFunctionContext = { ...NO_CONTEXT, ...factsOf(whole), ...about }
    return reduceExit(whole, functions, { context, kong: undefined, log })
  }
  return Object.assign(transform, { counters: functions.map((fn) => fn.counters) })
}

function countPlain(plain: PlainExitFunction, index: number): CountedFunction {
  const run: ExitFunction = (input, context) => {
    const headers = input.headers === undefined ? undefined : { ...input.headers }
    const returned = plain(input.status, copyOf(input.body), headers, context)
    if (!(returned instanceof Promise)) return answerOfJavaScript(returned, input)
    return returned.then((later: unknown) => answerOfJavaScript(later, input))
  }
  return { name: `exit-transformer[${index + 1}]`, run, counters: createCounters() }
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
