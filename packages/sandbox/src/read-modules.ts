import { type ModuleProblem, ModuleSet } from './module-set.ts'
import type { ModuleSources } from './module-sources.ts'

/**
 * Tells what is wrong with modules that functions are to import: the first thing of each, with its
 * place. Runs nothing.
 *
 * Refused is what is refused in functions, and more than 262,144 characters; imports of modules that
 * are not among them, and of names that one of them does not export.
 */
export function checkModules(sources: ModuleSources): readonly ModuleProblem[] {
  return readModules(sources).problems
}

/** Reads modules; the same object is read once, as it must not be changed. */
export function readModules(sources: ModuleSources): ModuleSet {
  const known = sets.get(sources)
  if (known !== undefined) return known
  const set = new ModuleSet(sources)
  sets.set(sources, set)
  return set
}

const sets = new WeakMap<ModuleSources, ModuleSet>()
