import { isDeepStrictEqual } from 'node:util'
import type { ModuleSources, SandboxedFunction } from '@postern/sandbox'
import { ConfigError } from '../config/config-error.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import type { Problem } from '../config/problem.ts'
import { fileOfEntry, readModuleEntries } from './module-entries.ts'

/** The settings that say which modules JavaScript functions may import. */
export type ModuleSettings = Pick<GatewayConfig, 'untrusted_functions'> &
  Partial<Pick<GatewayConfig, 'untrusted_javascript_sandbox_requires'>>

/**
 * Reads the modules of `untrusted_javascript_sandbox_requires`, once for the same settings.
 *
 * As with Kong's settings of that kind, only `sandbox` is extended: strict and lax have none, and
 * with `on` functions import from Node. Relative paths and packages are looked for in the current
 * folder.
 *
 * @throws POSTERN_CONFIG_INVALID with everything that is wrong with them, at its place
 */
export function modulesFor(settings: ModuleSettings): ModuleSources {
  return modulesOf.get(settings) ?? readModulesAgain(settings)
}

/**
 * Reads the modules again: from then on `modulesFor` answers these. It is the same object while no text
 * is another.
 *
 * @throws POSTERN_CONFIG_INVALID as `modulesFor` does, which goes on with what it had
 */
export function readModulesAgain(settings: ModuleSettings): ModuleSources {
  const entries = entriesOf(settings)
  if (entries.length === 0) return NONE
  const { modules, problems } = readModuleEntries(entries)
  if (problems.length > 0) throw new ConfigError(problems)
  const before = modulesOf.get(settings)
  if (before !== undefined && changedModules(before, modules).length === 0) return before
  modulesOf.set(settings, modules)
  return modules
}

/** Has `modulesFor` answer what it has answered before. */
export function putModulesBack(settings: ModuleSettings, modules: ModuleSources): void {
  modulesOf.set(settings, modules)
}

/** The names of modules that are not the same in two readings of the same setting. */
export function changedModules(before: ModuleSources, after: ModuleSources): readonly string[] {
  return Object.keys(after).filter((name) => !isDeepStrictEqual(before[name], after[name]))
}

/** Absolute paths of the files of the modules, whether they can be read or not. */
export function moduleFiles(settings: ModuleSettings): readonly string[] {
  return entriesOf(settings).flatMap((entry) => fileOfEntry(entry) ?? [])
}

function entriesOf(settings: ModuleSettings): readonly string[] {
  const { untrusted_functions: mode, untrusted_javascript_sandbox_requires: entries } = settings
  return mode === 'sandbox' && entries !== undefined ? entries : []
}

const NONE: ModuleSources = {}

const modulesOf = new WeakMap<ModuleSettings, ModuleSources>()

/** What is wrong with the modules of a configuration; empty when they can be used. */
export function moduleProblems(settings: ModuleSettings): readonly Problem[] {
  try {
    modulesFor(settings)
    return []
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

/** The text of a function and of the modules that it can evaluate: who may ask for something of a request. */
export function withModules(
  source: string,
  { modules: names }: Pick<SandboxedFunction, 'modules'>,
  modules: ModuleSources,
): string {
  const texts = names.map((name) => {
    const module = modules[name] ?? ''
    return typeof module === 'string' ? module : module.source
  })
  return [source, ...texts].join('\n')
}
