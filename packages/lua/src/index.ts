// Running Lua.
export { createLua, type Lua, type LuaChunk } from './lua.ts'
export type { LuaOptions } from './options.ts'
// Checking Lua without running it.
export { checkLua, type LuaSyntaxProblem } from './check-lua.ts'
// What passes between Lua and the host.
export {
  hostTable,
  HostTable,
  type HostFunction,
  type HostTableAccess,
  type HostValue,
  type LuaFunction,
  LuaMulti,
  LuaReference,
  multi,
  takesUnsendable,
  Unsendable,
} from './host/host-value.ts'
export { ngxRegexFunctions } from './regex/regex-functions.ts'
export { numberText } from './runtime/number-text.ts'
// What goes wrong.
export type { LuaBudgetFault, LuaRuntimeFault, LuaSyntaxFault } from './errors.ts'
