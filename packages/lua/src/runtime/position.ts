import { frames, METHOD_CALL, run, siteAt } from './budget.ts'
import { LuaThrow } from './control.ts'

/** Chunks whose errors can still be told by name. More than this, and the oldest lose theirs. */
const MAX_CHUNKS = 65_536

interface Lines {
  readonly name: string
  readonly first: number
  readonly count: number
}

let chunks: Lines[] = []
let nextFirst = 1
const known = new Map<string, Lines>()

/**
 * Gives a chunk a range of numbers for its lines, so that one number tells chunk and line.
 * A chunk of the same name and no more lines gets the range it had.
 */
export function reserveLines(name: string, count: number): number {
  const before = known.get(name)
  if (before !== undefined && before.count >= count) return before.first
  if (chunks.length >= MAX_CHUNKS) forgetOldest()
  if (nextFirst + count >= METHOD_CALL) startOver()
  const lines = { name, first: nextFirst, count }
  nextFirst += count + 1
  chunks.push(lines)
  known.set(name, lines)
  return lines.first
}

/** At least as many lines as the lexer will count. */
export function countLines(text: string): number {
  let count = 2
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    if (code === 10 || code === 13) count++
  }
  return count
}

function forgetOldest(): void {
  for (const { name } of chunks.slice(0, MAX_CHUNKS / 2)) known.delete(name)
  chunks = chunks.slice(MAX_CHUNKS / 2)
}

/** After a thousand million lines. Chunks that live that long are told by the name of another. */
function startOver(): void {
  chunks = []
  known.clear()
  nextFirst = 1
}

/** `chunk:12`, or nothing for a built-in function. */
export function placeOf(site: number): string | undefined {
  if (site <= 0) return undefined
  let low = 0
  let high = chunks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((chunks[middle] as Lines).first <= site) low = middle + 1
    else high = middle
  }
  const lines = chunks[low - 1]
  if (lines === undefined || site > lines.first + lines.count) return undefined
  return `${lines.name}:${site - lines.first}`
}

/** Where the call `level` frames up stands: 1 is the Lua function that called the running built-in. */
export function positionAt(level: number): string {
  const place = placeOf(siteAt(level))
  return place === undefined ? '' : `${place}: `
}

/** `chunk:LINE` of every active Lua call, innermost first. */
export function traceback(): string {
  let text = 'stack traceback:'
  for (let depth = run.depth, shown = 0; depth > 0 && shown < 20; depth--) {
    const site = frames[depth] as number
    if (site < 0) continue
    text += `\n\t${placeOf(site % METHOD_CALL) ?? '[builtin]'}`
    shown++
  }
  return text
}

/** An error as built-in functions make it: at the line of the Lua function that called them. */
export function raise(message: string): LuaThrow {
  return new LuaThrow(positionAt(1) + message)
}

/** An error at a line the compiled program names. */
export function raiseAt(site: number, message: string): LuaThrow {
  const place = placeOf(site)
  return new LuaThrow(place === undefined ? message : `${place}: ${message}`)
}
