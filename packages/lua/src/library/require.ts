import type { Settings } from '../options.ts'
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
}

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

function load({ settings, modules, load: compile }: RequireParts, name: string): LuaValue {
  const preloaded = modules.get(name)
  if (preloaded !== undefined) return preloaded()
  const tried: string[] = []
  for (const pattern of settings.isOpen ? settings.packagePath : []) {
    const file = pattern.replaceAll('?', name.replaceAll('.', '/'))
    const source = name.includes('\0') || name.includes('..') ? undefined : readSource(file)
    if (source !== undefined) return run(compileOrThrow(compile, source, file), name)
    tried.push(`\n\tno file '${file}'`)
  }
  throw raise(`module '${name}' not found:${tried.join('')}`)
}

/** A module that returns nothing counts as `true`. */
function run(chunk: Callable, name: string): LuaValue {
  const depth = enterCallback()
  const value = all(call(chunk, name))[0]
  leaveNative(depth)
  return value ?? true
}

/** `package`, as far as scripts look at it. */
export function packageTable(
  loaded: LuaTable,
  path: readonly string[],
  globals: LuaTable,
): LuaTable {
  const table = newTable()
  table.setKey('loaded', loaded)
  table.setKey('path', path.join(';'))
  table.setKey('cpath', '')
  table.setKey('preload', newTable())
  table.setKey('seeall', seeallFunction(globals))
  return table
}
