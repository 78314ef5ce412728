/** A fault in Lua source. Stays inside the package; the host sees POSTERN_LUA_SYNTAX. */
export class LuaSyntaxError extends Error {
  readonly line: number
  readonly column: number

  constructor(chunkName: string, line: number, column: number, message: string) {
    super(`${chunkName}:${line}: ${message}`)
    this.line = line
    this.column = column
  }
}
