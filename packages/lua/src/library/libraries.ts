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
 * chunk-functions.ts. The sandbox has what Kong's has.
 */
export function libraryTables(settings: Settings): LuaTable {
  const { isOpen } = settings
  const globals = tableOf({ ...sandboxBase, _VERSION: 'Lua 5.1' })
  for (const [name, value] of Object.entries(fullBase)) {
    if (isOpen || settings.extraGlobals.has(name)) globals.setKey(name, value)
  }
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
