import { compileLua, TOO_COMPLEX } from './compiler/compile-lua.ts'
import { isTooComplex } from './compiler/evaluate.ts'
import { LuaSyntaxError } from './compiler/syntax-error.ts'
import { decodeLossy, encodeUtf8 } from './host/utf8.ts'

/** What is wrong with a source, and where. Line and column count from 1, the column in bytes. */
export interface LuaSyntaxProblem {
  /** As Lua says it: `chunk:1: '=' expected near 'x'`. */
  readonly message: string
  readonly line: number
  readonly column: number
}

/** Parses and compiles without running anything; answers the problem, or nothing when there is none. */
export function checkLua(source: string, chunkName = 'chunk'): LuaSyntaxProblem | undefined {
  try {
    const options = { chunkName: encodeUtf8(chunkName), firstSite: 0, canSuspend: false }
    compileLua(encodeUtf8(source), options)
    return undefined
  } catch (error) {
    if (isTooComplex(error))
      return { message: `${chunkName}:1: ${TOO_COMPLEX}`, line: 1, column: 1 }
    if (!(error instanceof LuaSyntaxError)) throw error
    return { message: decodeLossy(error.message), line: error.line, column: error.column }
  }
}
