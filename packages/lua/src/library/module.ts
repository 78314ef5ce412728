import { all, call } from '../runtime/call.ts'
import { raise } from '../runtime/position.ts'
import { enterCallback, leaveNative } from '../runtime/protect.ts'
import { LuaTable, newTable } from '../runtime/table.ts'
import { NOTHING, type Callable, type LuaValue } from '../runtime/value.ts'
import { checkString, checkTable } from './arguments.ts'

/**
 * `module`, as far as it harms nobody: it makes the table, names it in `package.loaded` and in a
 * global of the chunk, and calls the options with it. In Lua 5.1 what the chunk defines from then on
 * goes into that table; here it stays in the chunk's globals, which no other chunk sees.
 */
export function moduleFunction(loaded: LuaTable, globals: LuaTable): Callable {
  return (...args) => {
    const name = checkString(args[0], 1, 'module', args.length)
    const known = loaded.get(name)
    const table = known instanceof LuaTable ? known : tableAt(globals, name)
    loaded.set(name, table)
    if (table.getString('_NAME') === undefined) describe(table, name)
    const depth = enterCallback()
    for (const option of args.slice(1)) all(call(option, table))
    leaveNative(depth)
    return NOTHING
  }
}

/** The table that a dotted name leads to; what is missing on the way is made. */
function tableAt(globals: LuaTable, name: string): LuaTable {
  let at = globals
  for (const step of name.split('.')) {
    const next: LuaValue = at.get(step)
    if (next !== undefined && !(next instanceof LuaTable)) {
      throw raise(`name conflict for module '${name}'`)
    }
    const table = next ?? newTable()
    at.set(step, table)
    at = table
  }
  return at
}

function describe(table: LuaTable, name: string): void {
  table.set('_M', table)
  table.set('_NAME', name)
  table.set('_PACKAGE', name.slice(0, name.lastIndexOf('.') + 1))
}

/** `package.seeall`, an option of `module`: what the table lacks is looked up in the globals. */
export function seeallFunction(globals: LuaTable): Callable {
  return (...args) => {
    const table = checkTable(args[0], 1, 'seeall', args.length)
    const metatable = newTable()
    metatable.set('__index', globals)
    table.metatable = metatable
    return NOTHING
  }
}
