// Running Lua.
export { createLua, type Lua, type LuaChunk } from './lua.ts'
export type { LuaOptions } from './options.ts'
// Checking Lua without running it.
export { checkLua, type LuaSyntaxProblem } from './check-lua.ts'
// What passes between Lua and the host.
export {
  hostTable,
  HostTable,
  HostWait,
  type HostFunction,
  type HostTableAccess,
  type HostValue,
  type LuaFunction,
  LuaMulti,
  LuaReference,
  type LuaWaitingCall,
  multi,
  takesUnsendable,
  Unsendable,
  waiting,
} from './host/host-value.ts'
export type { LuaHttp, LuaHttpRequest, LuaHttpResponse } from './host/lua-http.ts'
export { ngxRegexFunctions } from './regex/regex-functions.ts'
export { numberText } from './runtime/number-text.ts'
// What goes wrong.
export type { LuaBudgetFault, LuaRuntimeFault, LuaSyntaxFault } from './errors.ts'
