import { encodeUtf8 } from '../host/utf8.ts'
import type { Settings } from '../options.ts'
import { allocateString, spend } from '../runtime/budget.ts'
import { call, all } from '../runtime/call.ts'
import { raise } from '../runtime/position.ts'
import { enterCallback, leaveNative } from '../runtime/protect.ts'
import { newTable, type LuaTable } from '../runtime/table.ts'
import type { Callable, LuaValue } from '../runtime/value.ts'
import { checkString } from './arguments.ts'
import { compileOrThrow, readSource, type LoadSource } from './load.ts'
import { seeallFunction } from './module.ts'

/** Makes a module of ours for a world. */
export type ModuleMaker = () => LuaValue

export interface RequireParts {
  readonly settings: Settings
  /** Modules that are part of this package, by name. */
  readonly modules: ReadonlyMap<string, ModuleMaker>
  readonly load: LoadSource
  /** What `require` has answered before, by name. In mode `on` this is `package.loaded`. */
  readonly loaded: LuaTable
  /** The table `package`, which mode `on` has: its `path` tells where files are looked for. */
  readonly search: LuaTable | undefined
}

/** Asking the system for a file. */
const FILE_STEPS = 1000

/** `require`: ours first, then, in mode `on`, files of the search path. */
export function requireFunction(parts: RequireParts): Callable {
  const { settings, loaded } = parts
  return (...args) => {
    const name = checkString(args[0], 1, 'require', args.length)
    if (!settings.isOpen && !settings.requires.has(name)) {
      throw raise(`require '${name}' not allowed within sandbox`)
    }
    const known = loaded.get(name)
    if (known !== undefined) return known
    const value = load(parts, name)
    loaded.set(name, value)
    return value
  }
}

function load(parts: RequireParts, name: string): LuaValue {
  const { modules, load: compile } = parts
  const preloaded = modules.get(name)
  if (preloaded !== undefined) return preloaded()
  const tried: string[] = []
  for (const pattern of patternsOf(parts)) {
    // A function, because `$&` in the text of a replacement would not be plain.
    const file = pattern.replaceAll('?', () => name.replaceAll('.', '/'))
    spend(FILE_STEPS)
    allocateString(file.length)
    const source = name.includes('\0') || name.includes('..') ? undefined : readSource(file)
    if (source !== undefined) return run(compileOrThrow(compile, source, file), name, parts)
    tried.push(`\n\tno file '${file}'`)
  }
  throw raise(`module '${name}' not found:${tried.join('')}`)
}

/** As `package.path` has them now: a chunk may have written to it. */
function patternsOf({ search }: RequireParts): string[] {
  if (search === undefined) return []
  const path = search.getString('path')
  if (typeof path !== 'string') throw raise("'package.path' must be a string")
  allocateString(path.length)
  return path.split(';').filter((pattern) => pattern !== '')
}

/** A module that returns nothing counts as what it put into `package.loaded`, or as `true`. */
function run(chunk: Callable, name: string, { loaded }: RequireParts): LuaValue {
  const depth = enterCallback()
  const value = all(call(chunk, name))[0]
  leaveNative(depth)
  return value ?? loaded.get(name) ?? true
}

/** `package`, as far as scripts look at it. What they write to `path` counts for their own `require`. */
export function packageTable(
  loaded: LuaTable,
  path: readonly string[],
  globals: LuaTable,
): LuaTable {
  const table = newTable()
  table.setKey('loaded', loaded)
  table.setKey('path', encodeUtf8(path.join(';')))
  table.setKey('cpath', '')
  table.setKey('preload', newTable())
  table.setKey('seeall', seeallFunction(globals))
  return table
}
