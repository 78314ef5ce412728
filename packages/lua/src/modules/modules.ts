import type { LoadSource } from '../library/load.ts'
import type { ModuleMaker } from '../library/require.ts'
import type { Settings } from '../options.ts'

export function moduleMakers(
  _load: LoadSource,
  _settings: Settings,
): ReadonlyMap<string, ModuleMaker> {
  return new Map()
}
