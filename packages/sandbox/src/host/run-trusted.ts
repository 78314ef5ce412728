import { AsyncLocalStorage } from 'node:async_hooks'
import { createRequire } from 'node:module'
import { constants, Script } from 'node:vm'
import type { CallRequest, Reply, Request } from '../protocol.ts'
import { createCallLog } from './call-log.ts'
import { copyData } from './copy-data.ts'
import { SCRIPT_NAME } from './describe-thrown.ts'
import { failureOf } from './failure-of.ts'
import type { Endowed, Prelude } from './prelude.ts'

type UserFunction = (...args: readonly unknown[]) => unknown

interface Defined {
  readonly code: string
  /** A promise while its module imports. */
  made: UserFunction | Promise<UserFunction> | undefined
}

/** What belongs to one call, while several wait at the same time. */
interface Scope {
  readonly endowed: Endowed
  readonly lines: [string, string][]
}

/**
 * Runs functions with all that Node has: `process`, `require`, `import()`, timers, network, files.
 * The deadline is the gateway's: it ends the process.
 */
export function createTrustedRunner(
  prelude: Prelude,
): (request: Request) => Promise<Reply | undefined> {
  const runner = new TrustedRunner(prelude)
  return (request) => runner.handle(request)
}

class TrustedRunner {
  readonly #prelude: Prelude
  readonly #functions = new Map<number, Defined>()
  readonly #scopes = new AsyncLocalStorage<Scope>()

  constructor(prelude: Prelude) {
    this.#prelude = prelude
    const log = createCallLog(() => this.#scopes.getStore()?.lines)
    globalThis.console = Object.assign(Object.create(console), log.console)
    globalThis.require = createRequire(`${process.cwd()}/`)
  }

  async handle(request: Request): Promise<Reply | undefined> {
    if (request.t === 'define') {
      this.#functions.set(request.f, { code: request.code, made: undefined })
    }
    if (request.t === 'forget') this.#functions.delete(request.f)
    return request.t === 'call' ? this.#call(request) : undefined
  }

  async #call(request: CallRequest): Promise<Reply> {
    const scope: Scope = { endowed: this.#prelude.createEndowments(request.context), lines: [] }
    return this.#scopes.run(scope, () => this.#run(request, scope))
  }

  async #run(request: CallRequest, { endowed, lines }: Scope): Promise<Reply> {
    const { i } = request
    try {
      const value = await this.#valueOf(request, endowed)
      const r = copyData(value)
      const e = copyData(endowed.effects())
      return { k: 'ok', i, r, e, ...(lines.length === 0 ? {} : { l: lines }) }
    } catch (thrown) {
      const why = failureOf(thrown)
      return { k: 'failed', i, why, ...(lines.length === 0 ? {} : { l: lines }) }
    }
  }

  async #valueOf(request: CallRequest, endowed: Endowed): Promise<unknown> {
    const args = [...request.args]
    for (const index of request.u) args[index] = undefined
    args.unshift(...(endowed.args ?? []))
    try {
      // Not awaited where it need not be: whoever has not begun can be done elsewhere.
      const ready = this.#made(request, endowed)
      const fn = ready instanceof Promise ? await ready : ready
      return await fn(...args)
    } catch (thrown) {
      if (endowed.isExit?.(thrown) === true) return undefined
      throw thrown
    }
  }

  /** Evaluated by the first call; those that come meanwhile wait for the same. */
  #made(request: CallRequest, endowed: Endowed): UserFunction | Promise<UserFunction> {
    const defined = this.#functions.get(request.f)
    if (defined === undefined) throw new TypeError('the function is not known')
    for (const name of Object.keys(endowed.endowments)) this.#defineScoped(name)
    defined.made ??= make(request.f, defined.code)
    return defined.made
  }

  /** A global that means another value in each call. */
  #defineScoped(name: string): void {
    Object.defineProperty(globalThis, name, {
      get: () => this.#scopes.getStore()?.endowed.endowments[name],
      configurable: true,
    })
  }
}

type Evaluated = (globals: object, same: object) => () => unknown

function make(id: number, code: string): UserFunction | Promise<UserFunction> {
  const head = '(globalThis,global)=>('
  const script = new Script(`${head}${code}\n)`, {
    filename: `${SCRIPT_NAME}${id}`,
    columnOffset: -head.length,
    importModuleDynamically: constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  })
  const globals = ownGlobals()
  const value: unknown = (script.runInThisContext() as Evaluated)(globals, globals)()
  return value instanceof Promise ? value.then(asFunction) : asFunction(value)
}

function asFunction(value: unknown): UserFunction {
  if (typeof value !== 'function') throw new TypeError('the value of the source is not a function')
  return value as UserFunction
}

/** What one function puts on `globalThis` is seen by that function only, as in Kong's mode `on`. */
function ownGlobals(): object {
  return new Proxy(Object.create(null) as object, {
    get: (own, key) =>
      Object.hasOwn(own, key) ? Reflect.get(own, key) : Reflect.get(globalThis, key),
    set: (own, key, value) => Reflect.set(own, key, value),
    has: (own, key) => key in own || key in globalThis,
  })
}
