import { allocate, allocateString, siteAt, spend } from '../runtime/budget.ts'
import { index } from '../runtime/access.ts'
import { callFirst } from '../runtime/call.ts'
import { numberText } from '../runtime/number-text.ts'
import { raise } from '../runtime/position.ts'
import { enterCallback, leaveNative } from '../runtime/protect.ts'
import { LuaTable } from '../runtime/table.ts'
import { typeName, type LuaResult, type LuaValue } from '../runtime/value.ts'
import { badArgument, checkInteger, checkString } from './arguments.ts'
import { Matcher } from './pattern.ts'

/** What a replaced match costs besides finding it and what it is replaced by. */
const MATCH_STEPS = 10
/** What `%1` and its like cost besides the text. */
const PIECE_STEPS = 3

/** `string.gsub`: the new text and how many matches were replaced. */
export function gsub(...args: LuaValue[]): LuaResult {
  const text = checkString(args[0], 1, 'gsub', args.length)
  const pattern = checkString(args[1], 2, 'gsub', args.length)
  const replacement = checkReplacement(args[2])
  const most = args[3] === undefined ? text.length + 1 : checkInteger(args[3], 4, 'gsub')
  const isAnchored = pattern.charCodeAt(0) === 94
  const matcher = new Matcher(text, pattern)
  const depth = enterCallback()
  const parts: string[] = []
  let kept = 0
  let at = 0
  let count = 0
  while (count < most) {
    const end = matcher.match(at, isAnchored ? 1 : 0)
    if (end >= 0) {
      count++
      allocate(48)
      spend(MATCH_STEPS)
      parts.push(text.slice(kept, at), replace(matcher, replacement, at, end))
      kept = end
    }
    if (end > at) at = end
    else if (at < text.length) at++
    else break
    if (isAnchored) break
  }
  leaveNative(depth)
  allocateString(text.length - kept)
  return [parts.join('') + text.slice(kept), count]
}

function checkReplacement(value: LuaValue): LuaValue {
  if (typeof value === 'number') return numberText(value)
  if (typeof value === 'string' || typeof value === 'function') return value
  if (value instanceof LuaTable) return value
  throw badArgument(3, 'gsub', 'string/function/table expected')
}

function replace(matcher: Matcher, replacement: LuaValue, start: number, end: number): string {
  const text = replacementText(matcher, replacement, start, end)
  allocateString(text.length + end - start)
  return text
}

function replacementText(
  matcher: Matcher,
  replacement: LuaValue,
  start: number,
  end: number,
): string {
  if (typeof replacement === 'string') return expand(matcher, replacement, start, end)
  const value =
    typeof replacement === 'function'
      ? callFirst(replacement, ...matcher.captures(start, end))
      : index(replacement, matcher.capture(0, start, end), siteAt(1))
  if (value === undefined || value === false) return matcher.text.slice(start, end)
  if (typeof value === 'string') return value
  if (typeof value === 'number') return numberText(value)
  throw raise(`invalid replacement value (a ${typeName(value)})`)
}

/** `%1` and friends in a replacement; `%0` is the whole match, before anything else the character itself. */
function expand(matcher: Matcher, replacement: string, start: number, end: number): string {
  if (!replacement.includes('%')) return replacement
  let text = ''
  for (let i = 0; i < replacement.length; i++) {
    const character = replacement[i] as string
    if (character !== '%') {
      text += character
      continue
    }
    const next = replacement.charCodeAt(++i)
    if (next >= 48 && next <= 57) {
      const which = next === 48 ? 0 : next - 49
      const piece =
        next === 48 ? matcher.text.slice(start, end) : matcher.capture(which, start, end)
      const shown = typeof piece === 'number' ? numberText(piece) : (piece as string)
      spend(PIECE_STEPS)
      allocateString(shown.length)
      text += shown
    } else if (i < replacement.length) {
      text += replacement[i] as string
    }
  }
  allocateString(text.length)
  return text
}
