import { builtinModules } from 'node:module'
import { createPluginErrors } from './errors.ts'

/** What a new plugin is called in its several places. */
export interface PluginNames {
  /** Of the npm package, with its scope. */
  readonly package: string
  /** In `plugins[].name` of a configuration: the package without its scope. */
  readonly plugin: string
}

/**
 * Reads the name of a package and tells the plugin's from it.
 *
 * @throws POSTERN_CREATE_PLUGIN_NAME_INVALID
 */
export function checkName(name: string): PluginNames {
  const broken = RULES.find(({ holds }) => !holds(name))
  if (broken !== undefined) throw createPluginErrors.NAME_INVALID(name, broken.otherwise)
  return { package: name, plugin: lastPart(name) }
}

const MAX_LENGTH = 214
const RESERVED = new Set(['node_modules', 'favicon.ico', ...builtinModules])

interface Rule {
  holds(name: string): boolean
  readonly otherwise: string
}

/** What npm asks of the names of new packages, and the first of it that is not so. */
const RULES: readonly Rule[] = [
  { holds: (name) => name !== '', otherwise: 'it is empty' },
  { holds: (name) => name.length <= MAX_LENGTH, otherwise: `at most ${MAX_LENGTH} characters` },
  { holds: (name) => name.trim() === name, otherwise: 'it begins or ends with a space' },
  { holds: (name) => name.toLowerCase() === name, otherwise: 'it has capitals' },
  {
    holds: (name) => !/[@/]/.test(name) || /^@[^@/]+\/[^@/]+$/.test(name),
    otherwise: 'a slash stands only between a scope and a name, as in @scope/name',
  },
  {
    holds: (name) => parts(name).every((part) => !/^[._-]/.test(part)),
    otherwise: 'it begins with a dot, an underscore or a hyphen',
  },
  {
    holds: (name) => parts(name).every((part) => /^[a-z0-9._-]+$/.test(part)),
    otherwise: 'only a to z, digits, dots, underscores and hyphens',
  },
  {
    holds: (name) => !RESERVED.has(lastPart(name)),
    otherwise: 'the name is taken by Node or npm',
  },
]

function parts(name: string): readonly string[] {
  return name.replace(/^@/, '').split('/')
}

function lastPart(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}
