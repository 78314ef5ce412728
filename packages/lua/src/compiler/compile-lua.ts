import { generate } from './generate.ts'
import { parseChunk } from './parser.ts'
import { LuaSyntaxError } from './syntax-error.ts'

/** Words without which a chunk cannot reach coroutines; without them functions need only one form. */
const MAY_YIELD = /coroutine|_G|require|getfenv|load|setfenv/

/**
 * Lua source as bytes to JavaScript text.
 *
 * @throws LuaSyntaxError
 */
export function compileLua(source: string, chunkName: string, firstSite: number): string {
  if (source.charCodeAt(0) === 27) {
    throw new LuaSyntaxError(
      chunkName,
      1,
      1,
      'attempt to load a binary chunk, only text is allowed',
    )
  }
  const { main, prototypes } = parseChunk(source, chunkName)
  return generate(main, prototypes, { chunkName, firstSite, canYield: MAY_YIELD.test(source) })
}
