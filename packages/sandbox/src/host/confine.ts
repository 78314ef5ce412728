import type { Endowment } from '../endowments.ts'
import { guardIntrinsics, REMOVED_GLOBALS } from './guard-intrinsics.ts'
import { makeEndowments } from './make-endowments.ts'
import type { Meter } from './meter.ts'
import { createMeteredValues } from './metered-values.ts'
import { createSyntaxMeter, definePatternKeys, type SyntaxMeter } from './syntax-meter.ts'

/** What the Compartments of functions are made with. */
export interface Confinement {
  /** Put over the globals that SES gives. */
  readonly globals: Readonly<Record<string, unknown>>
  readonly syntax: SyntaxMeter
  /** What stands in the place of V8's functions and charges. */
  readonly guards: ReadonlySet<object>
}

/**
 * Locks this process down, with intrinsics that charge the meter.
 *
 * Between the two halves of `lockdown()`: SES has taken away and tamed what it does not permit, and
 * what is put there now it freezes with the rest.
 */
export function confine(
  meter: Pick<Meter, 'charge' | 'add'>,
  { endowments }: { readonly endowments: readonly Endowment[] },
): Confinement {
  const { Date: realDate, Math: realMath } = startGlobals()
  const values = createMeteredValues(meter.add)
  const syntax = createSyntaxMeter(meter.charge, meter.add, values)
  const globals: Record<string, unknown> = globalsOf(new Compartment().globalThis)
  if (endowments.includes('Date')) globals['Date'] = realDate
  if (endowments.includes('Math.random')) globals['Math'] = realMath
  const guards = guardIntrinsics(globals, meter, values)
  Object.assign(globals, makeEndowments(endowments, meter.add))
  definePatternKeys(syntax)
  hardenIntrinsics()
  return { globals: harden(globals), syntax, guards }
}

/** Those of this process, which tell the time and random numbers. */
function startGlobals(): { readonly Date: unknown; readonly Math: unknown } {
  repairIntrinsics({
    consoleTaming: 'unsafe',
    errorTrapping: 'none',
    unhandledRejectionTrapping: 'none',
    reporting: 'none',
  })
  return { Date, Math }
}

function globalsOf(globals: object): Record<string, unknown> {
  const kept = Object.entries(Object.getOwnPropertyDescriptors(globals)).filter(
    ([name, { configurable, value }]) =>
      // Not what cannot be replaced, nor the global object itself.
      configurable === true && value !== undefined && !isRemoved(name),
  )
  const globalOf = Object.fromEntries(kept.map(([name, { value }]) => [name, value as unknown]))
  return Object.setPrototypeOf(globalOf, null) as Record<string, unknown>
}

function isRemoved(name: string): boolean {
  return name === 'globalThis' || REMOVED_GLOBALS.includes(name)
}
