import { defineErrors, type PosternError } from '@postern/errors'

/** Every error this package throws at its host. Errors inside Lua stay Lua values. */
export const luaErrors: {
  readonly SYNTAX: (message: string) => PosternError
  readonly RUNTIME: (message: string) => PosternError
  readonly BUDGET: (message: string) => PosternError
  readonly VALUE: (what: string, expected: string) => PosternError
} = defineErrors('POSTERN_LUA', {
  SYNTAX: (message: string) => message,
  RUNTIME: (message: string) => message,
  BUDGET: (message: string) => message,
  VALUE: (what: string, expected: string) => `${what} cannot pass into Lua: expected ${expected}`,
})

/** POSTERN_LUA_SYNTAX with the place. Line and column count from 1, the column in bytes. */
export interface LuaSyntaxFault extends PosternError {
  readonly line: number
  readonly column: number
}

/** POSTERN_LUA_RUNTIME with what `error` was given; a table or function is told by its text only. */
export interface LuaRuntimeFault extends PosternError {
  readonly value: unknown
}

/** POSTERN_LUA_BUDGET with what ran out. */
export interface LuaBudgetFault extends PosternError {
  /** `time`: the host ended it while it waited. */
  readonly exceeded: 'fuel' | 'memory' | 'stack' | 'time'
}

export function syntaxFault(message: string, line: number, column: number): LuaSyntaxFault {
  return Object.assign(luaErrors.SYNTAX(message), { line, column })
}

export function runtimeFault(message: string, value: unknown): LuaRuntimeFault {
  return Object.assign(luaErrors.RUNTIME(message), { value })
}

export function budgetFault(message: string, exceeded: LuaBudgetFault['exceeded']): LuaBudgetFault {
  return Object.assign(luaErrors.BUDGET(message), { exceeded })
}
