import type { BodyFilterState } from '@postern/pdk-response'
import type { PhaseFunction } from './phase-function.ts'

/**
 * Runs functions in order. One that throws ends them, and so does one that exits, because an exit
 * throws its signal. Synchronous as long as the functions are.
 */
export function runFunctions(
  functions: readonly PhaseFunction[],
  kong: unknown,
  piece?: BodyFilterState,
): void | Promise<void> {
  return runFrom(functions, 0, kong, piece)
}

function runFrom(
  functions: readonly PhaseFunction[],
  from: number,
  kong: unknown,
  piece: BodyFilterState | undefined,
): void | Promise<void> {
  for (let i = from; i < functions.length; i++) {
    const pending = (functions[i] as PhaseFunction).run(kong, piece)
    if (pending !== undefined) return pending.then(() => runFrom(functions, i + 1, kong, piece))
  }
}
