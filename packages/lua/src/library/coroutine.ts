import { allocate, endRun, frames, run, spend } from '../runtime/budget.ts'
import { all, call, isPending } from '../runtime/call.ts'
import { LuaThrow } from '../runtime/control.ts'
import { caught, enterNative, leaveNative } from '../runtime/protect.ts'
import {
  Coroutine,
  NOTHING,
  type Callable,
  type GeneratorForm,
  type LuaResult,
  type LuaValue,
  type SuspendableCall,
} from '../runtime/value.ts'
import { Wait } from '../runtime/wait.ts'
import { current } from '../runtime/world.ts'
import { badArgument, checkFunction } from './arguments.ts'

/** How many coroutines may have resumed each other; Lua 5.1 stops at its C stack, near 200. */
const MAX_RESUMES = 100

function create(...args: LuaValue[]): LuaResult {
  allocate(1024)
  spend(150)
  return new Coroutine(checkFunction(args[0], 1, 'create', args.length))
}

function resume(...args: LuaValue[]): LuaResult {
  const [coroutine, ...values] = args
  if (!(coroutine instanceof Coroutine)) {
    throw badArgument(1, 'resume', 'coroutine expected')
  }
  const outcome = advance(coroutine, values)
  return outcome instanceof LuaThrow ? [false, outcome.value] : [true, ...outcome]
}

/** The same where the call may wait: a wait inside stops the coroutine and whoever resumed it. */
function* resumeWaiting(...args: LuaValue[]): SuspendableCall {
  const [coroutine, ...values] = args
  if (!(coroutine instanceof Coroutine)) {
    throw badArgument(1, 'resume', 'coroutine expected')
  }
  const outcome = yield* advanceWaiting(coroutine, values)
  return outcome instanceof LuaThrow ? [false, outcome.value] : [true, ...outcome]
}

/** Runs a coroutine to its next yield or its end. An error inside is answered, not thrown. */
function advance(coroutine: Coroutine, values: LuaValue[]): LuaValue[] | LuaThrow {
  if (coroutine.status !== 'suspended') return notSuspended(coroutine)
  const resumer = enter(coroutine)
  run.canWait = false
  try {
    return stopped(coroutine, proceed(coroutine, values))
  } catch (thrown) {
    coroutine.status = 'dead'
    return caught(thrown, resumer.depth)
  } finally {
    leave(resumer)
  }
}

function* advanceWaiting(
  coroutine: Coroutine,
  values: LuaValue[],
): Generator<Wait, LuaValue[] | LuaThrow, LuaValue[]> {
  if (coroutine.status !== 'suspended') return notSuspended(coroutine)
  const resumer = enter(coroutine)
  try {
    let next = proceed(coroutine, values)
    while (next.value instanceof Wait) {
      yield next.value
      next = (coroutine.generator as SuspendableCall).next(NOTHING)
    }
    return stopped(coroutine, next)
  } catch (thrown) {
    coroutine.status = 'dead'
    return caught(thrown, resumer.depth)
  } finally {
    leave(resumer)
  }
}

function notSuspended({ status: state }: Coroutine): LuaThrow {
  return new LuaThrow(`cannot resume ${state} coroutine`)
}

/** What a coroutine goes back to. */
interface Resumer {
  readonly depth: number
  readonly coroutine: Coroutine | undefined
  readonly canWait: boolean
  /** Its lines, where the coroutine writes its own over them: it began in a shallower place. */
  readonly lines: Int32Array | undefined
}

function enter(coroutine: Coroutine): Resumer {
  if (run.resumes >= MAX_RESUMES) endRun('stack')
  spend(30)
  const { canWait } = run
  const before = current.coroutine
  const depth = enterNative()
  const { base } = coroutine
  const lines = base > 0 && base <= depth ? frames.slice(base, depth + 1) : undefined
  run.resumes++
  if (before !== undefined) before.status = 'normal'
  coroutine.status = 'running'
  current.coroutine = coroutine
  return { depth, coroutine: before, canWait, lines }
}

function leave({ depth, coroutine, canWait, lines }: Resumer): void {
  run.resumes--
  run.canWait = canWait
  leaveNative(depth)
  if (lines !== undefined) frames.set(lines, depth + 1 - lines.length)
  current.coroutine = coroutine
  if (coroutine !== undefined) coroutine.status = 'running'
}

type Next = IteratorResult<LuaValue[] | Wait, LuaResult>

/** To the next yield, wait or end. */
function proceed(coroutine: Coroutine, values: LuaValue[]): Next {
  const { body, generator } = coroutine
  if (generator !== undefined) return generator.next(values)
  coroutine.base = run.depth
  const begun = body.g === undefined ? call(body, ...values) : body.g(...values)
  if (!isPending(begun)) return { done: true, value: begun }
  coroutine.generator = begun
  return begun.next()
}

function stopped(coroutine: Coroutine, { done, value }: Next): LuaValue[] {
  coroutine.status = done === true ? 'dead' : 'suspended'
  return all(value as LuaResult)
}

/** Reached only where nothing can be suspended: outside coroutines, and below sort, gsub, metamethods. */
function yieldPlain(): LuaResult {
  throw new LuaThrow('attempt to yield across metamethod/C-call boundary')
}

function* yieldValues(...values: LuaValue[]): SuspendableCall {
  const { depth } = run
  const { coroutine } = current
  // A call that may wait runs in this form outside coroutines too.
  if (coroutine === undefined) return yieldPlain()
  const { base } = coroutine
  // Resuming goes down through every function that waits for this one.
  spend(15 + 4 * Math.max(0, depth - base))
  const lines = frames.slice(base, depth + 1)
  const given = yield values
  frames.set(lines, base)
  run.depth = depth
  return given
}

function status(coroutine: LuaValue): LuaResult {
  if (coroutine instanceof Coroutine) return coroutine.status
  throw badArgument(1, 'status', 'coroutine expected')
}

function running(): LuaResult {
  return current.coroutine
}

function isYieldable(): LuaResult {
  return current.coroutine !== undefined
}

function wrap(...args: LuaValue[]): LuaResult {
  const coroutine = create(checkFunction(args[0], 1, 'wrap', args.length)) as Coroutine
  const plain: Callable = (...values) => {
    const outcome = advance(coroutine, values)
    if (!(outcome instanceof LuaThrow)) return outcome
    throw outcome
  }
  const waiting = function* (...values: LuaValue[]): SuspendableCall {
    const outcome = yield* advanceWaiting(coroutine, values)
    if (!(outcome instanceof LuaThrow)) return outcome
    throw outcome
  }
  return waitingForm(plain, waiting)
}

/** Calls that cannot wait keep to the plain form, which costs less. */
function waitingForm(plain: Callable, waiting: GeneratorForm): Callable {
  plain.g = (...args) => (run.canWait ? waiting(...args) : plain(...args))
  return plain
}

function yielder(): Callable {
  const plain: Callable = () => yieldPlain()
  plain.g = yieldValues
  return plain
}

/** The functions of `coroutine`. */
export const coroutineFunctions: Readonly<Record<string, Callable>> = {
  create,
  isyieldable: isYieldable,
  resume: waitingForm(resume, resumeWaiting),
  running,
  status,
  wrap,
  yield: yielder(),
}
