import { generate } from './generate.ts'
import { parseChunk } from './parser.ts'
import { LuaSyntaxError } from './syntax-error.ts'

/** Largest JavaScript a chunk may become: V8 takes about a second for it. */
const MAX_CODE_CHARACTERS = 8 * 1024 * 1024

/** What is said of a chunk that nobody wrote by hand. */
export const TOO_COMPLEX = 'chunk is too complex'

/** Words without which a chunk cannot reach coroutines; without them functions need only one form. */
const MAY_YIELD = /coroutine|_G|require|getfenv|load|setfenv/

export interface CompileLuaOptions {
  readonly chunkName: string
  /** Number of the chunk's line 0, see position.ts. */
  readonly firstSite: number
  /** Whether its functions may be suspended, whatever is written in them. */
  readonly canSuspend: boolean
}

/**
 * Lua source as bytes to JavaScript text.
 *
 * @throws LuaSyntaxError
 */
export function compileLua(source: string, options: CompileLuaOptions): string {
  const { chunkName, firstSite, canSuspend } = options
  if (source.charCodeAt(0) === 27) {
    throw new LuaSyntaxError(
      chunkName,
      1,
      1,
      'attempt to load a binary chunk, only text is allowed',
    )
  }
  const { main, prototypes } = parseChunk(source, chunkName)
  const canYield = canSuspend || MAY_YIELD.test(source)
  const code = generate(main, prototypes, { chunkName, firstSite, canYield })
  if (code.length > MAX_CODE_CHARACTERS) throw new LuaSyntaxError(chunkName, 1, 1, TOO_COMPLEX)
  return code
}
