import { allocate, scan, spend } from '../runtime/budget.ts'
import { NOTHING, type LuaResult, type LuaValue } from '../runtime/value.ts'
import { checkString, optionalInteger } from './arguments.ts'
import { Matcher } from './pattern.ts'

const SPECIALS = /[\^$*+?.([%-]/

export function find(...args: LuaValue[]): LuaResult {
  return search('find', args)
}

export function match(...args: LuaValue[]): LuaResult {
  return search('match', args)
}

function search(name: 'find' | 'match', args: LuaValue[]): LuaResult {
  const text = checkString(args[0], 1, name, args.length)
  const pattern = checkString(args[1], 2, name, args.length)
  const start = startOf(optionalInteger(args[2], 1, 3, name), text.length)
  scan(pattern.length)
  const isPlain = args[3] !== undefined && args[3] !== false
  if (name === 'find' && (isPlain || !SPECIALS.test(pattern)))
    return findPlain(text, pattern, start)
  const isAnchored = pattern.charCodeAt(0) === 94
  const matcher = new Matcher(text, pattern)
  for (let at = start; at <= text.length; at++) {
    const end = matcher.match(at, isAnchored ? 1 : 0)
    if (end >= 0) {
      allocate(64)
      if (name === 'match') return matcher.captures(at, end)
      return [at + 1, end, ...(matcher.level > 0 ? matcher.captures(at, end) : NOTHING)]
    }
    if (isAnchored) break
  }
  return undefined
}

/** A start beyond the end is the end, as in Lua 5.1. */
function startOf(position: number, length: number): number {
  const from = position < 0 ? Math.max(position + length, 0) : Math.max(position - 1, 0)
  return Math.min(from, length)
}

/** Texts up to this length are searched for less than a step for each place. */
const SHORT = 64

/**
 * The engine looks for the first character sixteen places at a time, but for `aaab` in `aaaa` it
 * takes 7 ns at each place, and nobody knows before which it will be. So half a step for each.
 */
function findPlain(text: string, pattern: string, start: number): LuaResult {
  const places = text.length - start
  scan(places)
  if (pattern.length > 1 && places > SHORT) {
    spend(places >> 1)
    scan(Math.min(pattern.length, 64) * (places >> 3))
  }
  const at = text.indexOf(pattern, start)
  return at < 0 ? undefined : [at + 1, at + pattern.length]
}

export function gmatch(...args: LuaValue[]): LuaResult {
  const text = checkString(args[0], 1, 'gmatch', args.length)
  const pattern = checkString(args[1], 2, 'gmatch', args.length)
  allocate(160)
  let next = 0
  return () => {
    const matcher = new Matcher(text, pattern)
    for (let at = next; at <= text.length; at++) {
      const end = matcher.match(at, 0)
      if (end < 0) continue
      next = end === at ? end + 1 : end
      allocate(64)
      return matcher.captures(at, end)
    }
    next = text.length + 1
    return undefined
  }
}
