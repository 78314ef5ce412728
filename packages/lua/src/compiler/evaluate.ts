import type { Callable } from '../runtime/value.ts'
import type { LuaTable } from '../runtime/table.ts'

/** A compiled program: given the runtime, then an environment, it answers its main function. */
export type Program = (runtime: unknown) => (environment: Environment) => Callable

/** Where a chunk finds its globals. */
export interface Environment {
  t: LuaTable
}

interface CompartmentLike {
  evaluate(source: string): unknown
}

type CompartmentClass = new (options: unknown) => CompartmentLike

// `import 'ses'` puts Compartment into the realm and changes nothing else. Where an embedder has
// called lockdown(), or shares a copy of SES, it is there already.
if (compartmentClass() === undefined) await import('ses')

/** Makes a place to evaluate programs in, whose global object has nothing of ours or the host's. */
export function createEvaluator(): (code: string) => Program {
  let compartment: CompartmentLike | undefined
  return (code) => {
    compartment ??= new (compartmentClass() as CompartmentClass)({ __options__: true })
    return compartment.evaluate(code) as Program
  }
}

/** Whether V8 gave up on a program, or we on a source: too deep for the stack that was left. */
export function isTooComplex(error: unknown): boolean {
  return error instanceof RangeError || error instanceof SyntaxError
}

function compartmentClass(): CompartmentClass | undefined {
  return (globalThis as { Compartment?: CompartmentClass }).Compartment
}
