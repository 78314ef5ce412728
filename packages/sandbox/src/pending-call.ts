import { sandboxErrors } from './errors.ts'
import type { CircuitBreaker } from './circuit-breaker.ts'
import type { CompiledFunction } from './compile-function.ts'
import { printable } from './printable.ts'
import { type Failure, MAX_LINE_BYTES } from './protocol.ts'

/** What a call answers. */
export interface CallResult {
  /** JSON data, or undefined when the function returned nothing. */
  readonly result: unknown
  /** What the prelude recorded, or undefined without one. */
  readonly effects: unknown
}

/** A function as the gateway's side knows it. */
export interface KnownFunction {
  readonly id: number
  readonly name: string
  readonly owner: unknown
  readonly timeoutMs: number
  readonly steps: number
  readonly compiled: CompiledFunction
  readonly breaker: CircuitBreaker
  readonly calls: { count: number }
}

/** What one call may take. */
export interface CallLimits {
  /** In ms. */
  readonly timeoutMs: number
  readonly steps: number
}

/** The limits of a function, or those of a call that is given less time. */
export function limitsOf(fn: KnownFunction, atMostMs: number): CallLimits {
  if (atMostMs >= fn.timeoutMs) return fn
  const steps = Math.ceil((fn.steps * atMostMs) / fn.timeoutMs)
  return { timeoutMs: atMostMs, steps }
}

/** A call that nobody has taken yet. */
export interface NewCall {
  readonly id: number
  readonly fn: KnownFunction
  readonly limits: CallLimits
  /** The request, as JSON. */
  readonly line: string
}

/** A call until it is answered. */
export interface PendingCall extends NewCall {
  readonly resolve: (result: CallResult) => void
  readonly reject: (error: Error) => void
  /** Its process ended from outside while it ran. It is repeated once, with nothing beside it. */
  suspected: boolean
}

/**
 * Writes the request of a call.
 *
 * @throws POSTERN_SANDBOX_ARGUMENTS for what JSON cannot say, and beyond 16 MiB
 */
export function callLine({ id, fn, limits, args, context }: CallContent): string {
  const { timeoutMs, steps } = limits
  const u = JSON.stringify(args.flatMap((arg, i) => (arg === undefined ? [i] : [])))
  const head = `{"t":"call","i":${id},"f":${fn.id},"ms":${timeoutMs},"steps":${steps},"u":${u}`
  const line = `${head},"args":${toJson(fn, args)},"context":${toJson(fn, context ?? null)}}`
  if (line.length > MAX_LINE_BYTES / 4) {
    throw sandboxErrors.ARGUMENTS(fn.name, `${line.length} characters are too many`)
  }
  return line
}

/** What a call is made of. */
export interface CallContent extends Omit<NewCall, 'line'> {
  readonly args: readonly unknown[]
  readonly context: unknown
}

function toJson(fn: KnownFunction, value: unknown): string {
  try {
    return JSON.stringify(value)
  } catch (error) {
    throw sandboxErrors.ARGUMENTS(fn.name, String(error)).causedBy(error)
  }
}

/** The error of a call that the process answered without a result. */
export function errorOfFailure({ fn, limits }: NewCall, why: Failure): Error {
  switch (why.kind) {
    case 'timeout':
      return sandboxErrors.TIMEOUT(fn.name, limits.timeoutMs)
    case 'steps':
    case 'memory':
      return sandboxErrors.BUDGET(fn.name, why.kind)
    case 'result':
      return sandboxErrors.RESULT(fn.name, printable(why.text))
    case 'threw':
      return thrownError(fn, why)
  }
}

function thrownError(fn: KnownFunction, why: Thrown): Error {
  const text = `${printable(why.text)}${moduleSuffix(fn, why)}`
  const [line, column] = why.at ?? []
  const place =
    line === undefined || column === undefined
      ? undefined
      : fn.compiled.originalPosition({ line, column })
  if (place === undefined) return sandboxErrors.THREW(fn.name, text)
  const where = `${fn.name}:${place.line}:${place.column}`
  return Object.assign(sandboxErrors.THREW(where, text), place)
}

type Thrown = Extract<Failure, { kind: 'threw' }>

/** Where a module threw, behind the text: ` (in money:2:9)`. */
function moduleSuffix({ compiled }: KnownFunction, why: Thrown): string {
  const [index, line = 0, column = 0] = why.in ?? []
  const module = compiled.modules.find((one) => one.index === index)
  if (module === undefined) return ''
  const place = module.originalPosition({ line, column })
  return ` (in ${module.name}${place === undefined ? '' : `:${place.line}:${place.column}`})`
}
