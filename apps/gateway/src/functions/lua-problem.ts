import { checkLua } from '@postern/lua'

/**
 * What is wrong with a Lua source, as Kong says it: `[string "not lua("]:1: ...`. Undefined when it
 * compiles.
 */
export function luaProblemOf(source: string): string | undefined {
  return checkLua(source, sourceName(source))?.message
}

/** Longest beginning of a source in its name, whole and cut, in characters. */
const MAX_WHOLE = 48
const MAX_CUT = 45

/** The name that LuaJIT gives a chunk without one: its beginning, up to the end of the line. */
function sourceName(source: string): string {
  const end = source.search(/[\0-\x1f]/)
  const line = end < 0 ? source : source.slice(0, end)
  const isWhole = end < 0 && line.length <= MAX_WHOLE
  return `[string "${isWhole ? line : `${line.slice(0, MAX_CUT)}...`}"]`
}
