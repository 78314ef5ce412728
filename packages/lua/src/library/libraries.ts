import type { Settings } from '../options.ts'
import { LuaTable, tableOf } from '../runtime/table.ts'
import { Userdata, type LuaValue } from '../runtime/value.ts'
import { fullBase, sandboxBase } from './base.ts'
import { bitFunctions } from './bit.ts'
import { coroutineFunctions } from './coroutine.ts'
import { debugFunctions } from './debug.ts'
import { ioFunctions } from './io.ts'
import { mathFunctions } from './math.ts'
import { osFunctions } from './os.ts'
import { openOsFunctions } from './os-open.ts'
import { stringFunctions } from './string.ts'
import { tableFunctions } from './table.ts'

/**
 * The globals that all chunks get a copy of; what depends on the chunk itself is in
 * chunk-functions.ts. The sandbox has what Kong's has, and what `extraGlobals` names.
 */
export function libraryTables(settings: Settings): LuaTable {
  const globals = tables(settings)
  if (settings.isOpen || settings.extraGlobals.size === 0) return globals
  const all = tables({ ...settings, isOpen: true })
  for (const path of settings.extraGlobals) addPath(globals, all, path)
  return globals
}

function tables(settings: Settings): LuaTable {
  const { isOpen } = settings
  const globals = tableOf({ ...sandboxBase, _VERSION: 'Lua 5.1', ...(isOpen ? fullBase : {}) })
  const jit = { arch: 'x64', os: 'Linux', version: 'LuaJIT 2.1.0', version_num: 20100 }
  add(globals, settings, 'bit', bitFunctions)
  add(globals, settings, 'coroutine', coroutineFunctions)
  add(globals, settings, 'io', isOpen ? ioFunctions(settings) : { type: ioType })
  add(globals, settings, 'jit', jit)
  add(globals, settings, 'math', mathFunctions)
  add(globals, settings, 'os', isOpen ? { ...osFunctions, ...openOsFunctions } : osFunctions)
  add(globals, settings, 'string', stringFunctions)
  add(globals, settings, 'table', tableFunctions)
  if (isOpen) add(globals, settings, 'debug', debugFunctions)
  return globals
}

/** `debug.traceback` gives `debug` with only `traceback`; a name without dots gives all it names. */
function addPath(globals: LuaTable, all: LuaTable, path: string): void {
  const steps = path.split('.')
  const value = steps.reduce<LuaValue>((at, step) => entryOf(at, step), all)
  if (value === undefined) return
  const last = steps.pop() as string
  const target = steps.reduce(tableAt, globals)
  const { guard } = target
  target.guard = undefined
  target.setKey(last, value)
  target.guard = guard
}

function entryOf(value: LuaValue, name: string): LuaValue {
  return value instanceof LuaTable ? value.getString(name) : undefined
}

/** The table of that name, made where there is none. */
function tableAt(table: LuaTable, name: string): LuaTable {
  const known = table.getString(name)
  if (known instanceof LuaTable) return known
  const made = tableOf({})
  table.setKey(name, made)
  return made
}

function add(
  globals: LuaTable,
  { isOpen }: Settings,
  name: string,
  entries: Readonly<Record<string, LuaValue>>,
): void {
  const table = tableOf(entries)
  if (!isOpen) table.guard = `_G.${name}`
  globals.setKey(name, table)
}

/** `io.type`, all that the sandbox has of `io`. */
function ioType(value: LuaValue): LuaValue {
  if (!(value instanceof Userdata) || !value.label.startsWith('file ')) return undefined
  return value.label === 'file (closed)' ? 'closed file' : 'file'
}
