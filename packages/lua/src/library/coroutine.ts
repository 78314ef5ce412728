import { allocate, endRun, run, spend } from '../runtime/budget.ts'
import { all, call } from '../runtime/call.ts'
import { LuaThrow } from '../runtime/control.ts'
import { caught, enterNative, leaveNative } from '../runtime/protect.ts'
import { Coroutine, type Callable, type LuaResult, type LuaValue } from '../runtime/value.ts'
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

/** Runs a coroutine to its next yield or its end. An error inside is answered, not thrown. */
function advance(coroutine: Coroutine, values: LuaValue[]): LuaValue[] | LuaThrow {
  if (coroutine.status !== 'suspended') {
    return new LuaThrow(`cannot resume ${coroutine.status} coroutine`)
  }
  if (run.resumes >= MAX_RESUMES) endRun('stack')
  spend(30)
  const before = current.coroutine
  const depth = enterNative()
  run.resumes++
  if (before !== undefined) before.status = 'normal'
  coroutine.status = 'running'
  current.coroutine = coroutine
  try {
    return step(coroutine, values)
  } catch (thrown) {
    coroutine.status = 'dead'
    return caught(thrown, depth)
  } finally {
    run.resumes--
    leaveNative(depth)
    current.coroutine = before
    if (before !== undefined) before.status = 'running'
  }
}

function step(coroutine: Coroutine, values: LuaValue[]): LuaValue[] {
  const { body } = coroutine
  if (coroutine.generator === undefined && body.g === undefined) {
    coroutine.status = 'dead'
    return all(call(body, ...values))
  }
  const isFirst = coroutine.generator === undefined
  if (isFirst) coroutine.base = run.depth
  coroutine.generator ??= (body.g as NonNullable<Callable['g']>)(...values)
  const { done, value } = isFirst ? coroutine.generator.next() : coroutine.generator.next(values)
  coroutine.status = done === true ? 'dead' : 'suspended'
  return all(value)
}

/** Reached only where nothing can be suspended: outside coroutines, and below sort, gsub, metamethods. */
function yieldPlain(): LuaResult {
  throw new LuaThrow('attempt to yield across metamethod/C-call boundary')
}

function* yieldValues(...values: LuaValue[]): Generator<LuaValue[], LuaResult, LuaValue[]> {
  const { depth } = run
  // Resuming goes down through every function that waits for this one.
  spend(15 + 4 * Math.max(0, depth - (current.coroutine?.base ?? 0)))
  const given = yield values
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
  return (...values) => {
    const outcome = advance(coroutine, values)
    if (!(outcome instanceof LuaThrow)) return outcome
    throw outcome
  }
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
  resume,
  running,
  status,
  wrap,
  yield: yielder(),
}
