import { types } from 'node:util'
import type { CallRequest, DefineRequest, ModuleCode, Reply, Request } from '../protocol.ts'
import { createCallLog } from './call-log.ts'
import { copyData, NotData } from './copy-data.ts'
import { MODULE_SCRIPT_NAME, SCRIPT_NAME } from './describe-thrown.ts'
import { failureOf } from './failure-of.ts'
import type { Confinement } from './confine.ts'
import { REMOVED_GLOBALS } from './guard-intrinsics.ts'
import type { Meter } from './meter.ts'
import { ModuleScope } from './module-scope.ts'
import type { Endowed, Prelude } from './prelude.ts'

/** Does what a request asks. A promise only where a call may wait. */
export type Runner = (request: Request) => Reply | undefined | Promise<Reply | undefined>

interface ConfinedOptions {
  readonly meter: Meter
  readonly prelude: Prelude
  readonly confinement: Confinement
}

type UserFunction = (...args: readonly unknown[]) => unknown

interface Defined extends DefineRequest {
  /** Made by the first call, and kept: what the function keeps in its module stays there. */
  made: UserFunction | undefined
}

/**
 * Runs functions in Compartments, one call at a time, each with the process for itself until
 * nothing of it is left to run.
 */
export function createConfinedRunner(options: ConfinedOptions): Runner {
  hideFrames()
  const runner = new ConfinedRunner(options)
  return (request) => runner.handle(request)
}

class ConfinedRunner {
  readonly #meter: Meter
  readonly #prelude: Prelude
  readonly #confinement: Confinement
  readonly #startGlobals: Readonly<Record<string, unknown>>
  readonly #functions = new Map<number, Defined>()
  readonly #modules = new Map<number, ModuleCode>()
  /** Of the call that is running, as what it is endowed with. */
  #lines: [string, string][] | undefined
  #endowed: Endowed | undefined

  constructor({ meter, prelude, confinement }: ConfinedOptions) {
    this.#meter = meter
    this.#prelude = prelude
    this.#confinement = confinement
    const log = createCallLog(() => this.#lines)
    this.#startGlobals = { ...confinement.globals, console: harden(log.console) }
  }

  handle(request: Request): Reply | undefined | Promise<Reply | undefined> {
    switch (request.t) {
      case 'define':
        this.#functions.set(request.f, { ...request, made: undefined })
        return undefined
      case 'module':
        this.#modules.set(request.m, request)
        return undefined
      case 'forget':
        this.#functions.delete(request.f)
        return undefined
      case 'call':
        return this.#call(request, this.#functions.get(request.f))
      default:
        return undefined
    }
  }

  #call(request: CallRequest, defined: Defined | undefined): Reply | Promise<Reply> {
    this.#lines = []
    this.#meter.begin(request.ms, request.steps)
    const outcome = attempt(() => this.#begin(request, defined))
    if (defined?.waits !== true) return this.#reply(request.i, outcome)
    return settle(outcome).then((settled) => this.#reply(request.i, settled))
  }

  #begin(request: CallRequest, defined: Defined | undefined): unknown {
    if (defined === undefined) throw new TypeError('the function is not known')
    const endowed = this.#prelude.createEndowments(request.context)
    this.#endowed = endowed
    harden(endowed.endowments)
    harden(endowed.args)
    defined.made ??= this.#make(defined, Object.keys(endowed.endowments))
    const args = [...request.args]
    for (const index of request.u) args[index] = undefined
    args.unshift(...(endowed.args ?? []))
    // Without a `this`: it would be ours.
    return apply(defined.made, undefined, args)
  }

  #make({ f, code, waits, requires, modules }: Defined, names: readonly string[]): UserFunction {
    const { syntax } = this.#confinement
    const compartment = new Compartment({ __options__: true, globals: this.#startGlobals } as never)
    const known = modules.map(([index, m]) => [index, this.#modules.get(m) as ModuleCode] as const)
    const scope = new ModuleScope(known, syntax)
    const own = requires === undefined ? {} : { require: scope.requireOf(requires) }
    const read = (name: string): unknown => this.#endowed?.endowments[name]
    closeGlobals(compartment.globalThis, { waits, own, names }, read)
    scope.compile((source) => compartment.evaluate(source) as never)
    const source = `${code}\n//# sourceURL=${SCRIPT_NAME}${f}`
    const made: unknown = compartment.evaluate(source)(...syntax, scope.link)
    if (typeof made !== 'function') throw new TypeError('the value of the source is not a function')
    // One that caught the end of its budget, and went on without what it had begun, is not kept.
    this.#meter.charge()
    return made as UserFunction
  }

  #reply(i: number, outcome: Outcome): Reply {
    const sent = attempt(() => this.#finish(outcome))
    // Under the meter too: what was thrown can be asked nothing without running the function.
    const why = sent.kind === 'threw' ? failureOf(sent.thrown) : undefined
    const exhausted = this.#meter.end()
    const written = this.#lines ?? []
    this.#lines = undefined
    this.#endowed = undefined
    const l = written.length === 0 ? {} : { l: written }
    if (exhausted !== undefined) return { k: 'failed', i, why: { kind: exhausted }, ...l }
    if (why !== undefined) return { k: 'failed', i, why, ...l }
    return { k: 'ok', i, ...(sent as { readonly value: object }).value, ...l }
  }

  /** Reads the result and the effects, which can run more of the function's code. */
  #finish(outcome: Outcome): object {
    const endowed = this.#endowed
    const isExit = outcome.kind === 'threw' && endowed?.isExit?.(outcome.thrown) === true
    if (outcome.kind === 'threw' && !isExit) throw outcome.thrown
    const r = outcome.kind === 'returned' ? copyData(outcome.value) : undefined
    return { r, e: copyData(endowed?.effects()) }
  }
}

type Outcome =
  | { readonly kind: 'returned'; readonly value: unknown }
  | { readonly kind: 'threw'; readonly thrown: unknown }

function attempt(work: () => unknown): Outcome {
  try {
    return { kind: 'returned', value: work() }
  } catch (thrown) {
    return { kind: 'threw', thrown }
  }
}

const { apply } = Reflect
const then = Promise.prototype.then
const afterAll = setImmediate

/**
 * Waits until nothing of the call is left in the microtask queue. A promise that is not settled by
 * then never will be: functions have no timers and no network.
 */
async function settle(outcome: Outcome): Promise<Outcome> {
  let settled = outcome
  if (outcome.kind === 'returned' && types.isPromise(outcome.value)) {
    settled = { kind: 'threw', thrown: new NotData('the answer is a promise that nothing settles') }
    void then.call(
      outcome.value,
      (value: unknown) => {
        settled = { kind: 'returned', value }
      },
      (thrown: unknown) => {
        settled = { kind: 'threw', thrown }
      },
    )
  }
  await new Promise((resolve) => {
    afterAll(resolve)
  })
  return settled
}

interface OwnGlobals {
  /** Whether promises can come up. */
  readonly waits: boolean
  /** Of this function alone. */
  readonly own: Readonly<Record<string, unknown>>
  /** Of the prelude, and others for each call. */
  readonly names: readonly string[]
}

/**
 * Takes away what functions do not get, adds what this one has, and freezes: nothing can be kept in
 * a global from one call to the next.
 */
function closeGlobals(
  globals: object,
  { waits, own, names }: OwnGlobals,
  read: (name: string) => unknown,
): void {
  for (const name of REMOVED_GLOBALS) Reflect.deleteProperty(globals, name)
  if (!waits) Reflect.deleteProperty(globals, 'Promise')
  Object.assign(globals, own)
  for (const name of names) {
    const get = harden((): unknown => read(name))
    Object.defineProperty(globals, name, { get, enumerable: true, configurable: false })
  }
  Object.freeze(globals)
}

/**
 * Stacks name the places of the function and of its module that threw: paths of this machine are
 * nobody's business.
 */
function hideFrames(): void {
  Error.prepareStackTrace = (_error, sites) => {
    let thrownIn = ''
    for (const site of sites) {
      const script = site.getScriptNameOrSourceURL()
      if (typeof script !== 'string') continue
      const place = `at ${script}:${site.getLineNumber()}:${site.getColumnNumber()}`
      if (script.startsWith(SCRIPT_NAME)) return thrownIn === '' ? place : `${thrownIn}\n${place}`
      if (thrownIn === '' && script.startsWith(MODULE_SCRIPT_NAME)) thrownIn = place
    }
    return thrownIn
  }
}
