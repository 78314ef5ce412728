import { isAscii } from '../host/utf8.ts'
import { allocateString, spend } from '../runtime/budget.ts'
import { raise } from '../runtime/position.ts'
import type { Callable, LuaResult, LuaValue } from '../runtime/value.ts'
import { badArgument, checkInteger, checkString, optionalInteger } from './arguments.ts'
import { format } from './format.ts'
import { find, gmatch, match } from './string-find.ts'
import { gsub } from './string-gsub.ts'

/** Longest string that `rep` and others make, whatever the budget says. */
const MAX_BYTES = 32 * 1024 * 1024

function byte(text: LuaValue, from: LuaValue, to: LuaValue): LuaResult {
  const s = checkString(text, 1, 'byte', arguments.length)
  const first = fromEnd(optionalInteger(from, 1, 2, 'byte'), s.length)
  const last = Math.min(fromEnd(optionalInteger(to, first, 3, 'byte'), s.length), s.length)
  const start = Math.max(first, 1)
  if (start === last) return s.charCodeAt(start - 1)
  const codes: LuaValue[] = []
  if (last - start >= 7999) throw raise('string slice too long')
  if (last > start) spend(last - start)
  for (let i = start; i <= last; i++) codes.push(s.charCodeAt(i - 1))
  return codes
}

/** Negative positions count from the end. */
function fromEnd(position: number, length: number): number {
  return position < 0 ? Math.max(position + length + 1, 0) : position
}

function char(...codes: LuaValue[]): LuaResult {
  allocateString(codes.length)
  if (codes.length > 8) spend(codes.length)
  for (let i = 0; i < codes.length; i++) {
    const code = checkInteger(codes[i], i + 1, 'char', codes.length)
    if (code < 0 || code > 255) throw badArgument(i + 1, 'char', 'invalid value')
    codes[i] = code
  }
  return String.fromCharCode(...(codes as number[]))
}

function len(text: LuaValue): LuaResult {
  return checkString(text, 1, 'len', arguments.length).length
}

/** Only ASCII letters change, as in the C locale. */
function lower(text: LuaValue): LuaResult {
  const s = checkString(text, 1, 'lower', arguments.length)
  chargeCase(s)
  return isAscii(s) ? s.toLowerCase() : changeCase(s, UPPER_A)
}

function upper(text: LuaValue): LuaResult {
  const s = checkString(text, 1, 'upper', arguments.length)
  chargeCase(s)
  return isAscii(s) ? s.toUpperCase() : changeCase(s, LOWER_A)
}

/** It is read twice and written once. */
function chargeCase(text: string): void {
  spend(text.length >> 4)
  allocateString(text.length)
}

const UPPER_A = 65
const LOWER_A = 97

/** Turns the 26 letters from `first` on into the other case. */
function changeCase(text: string, first: number): string {
  spend(text.length >> 1)
  const bytes = Buffer.from(text, 'latin1')
  for (let i = 0; i < bytes.length; i++) {
    const place = (bytes[i] as number) - first
    if (place >= 0 && place < 26) bytes[i] = (first ^ 32) + place
  }
  return bytes.toString('latin1')
}

/** The separator is LuaJIT's. */
function rep(text: LuaValue, count: LuaValue, separator: LuaValue): LuaResult {
  const s = checkString(text, 1, 'rep', arguments.length)
  const times = checkInteger(count, 2, 'rep', arguments.length)
  const between = separator === undefined ? '' : checkString(separator, 3, 'rep')
  if (times <= 0) return ''
  const length = times * (s.length + between.length)
  if (length > MAX_BYTES) allocateString(2 ** 30)
  allocateString(length)
  return between === '' ? s.repeat(times) : (s + between).repeat(times - 1) + s
}

function reverse(text: LuaValue): LuaResult {
  const s = checkString(text, 1, 'reverse', arguments.length)
  allocateString(s.length * 2)
  spend(s.length >> 2)
  return Buffer.from(s, 'latin1').reverse().toString('latin1')
}

function sub(text: LuaValue, from: LuaValue, to: LuaValue): LuaResult {
  const s = checkString(text, 1, 'sub', arguments.length)
  const first = Math.max(fromEnd(checkInteger(from, 2, 'sub', arguments.length), s.length), 1)
  const last = Math.min(fromEnd(optionalInteger(to, -1, 3, 'sub'), s.length), s.length)
  if (first > last) return ''
  allocateString(0)
  return s.slice(first - 1, last)
}

/** The functions of `string`. `dump` is not there: nothing could be done with what it answers. */
export const stringFunctions: Readonly<Record<string, Callable>> = {
  byte,
  char,
  find,
  format,
  gfind: gmatch,
  gmatch,
  gsub,
  len,
  lower,
  match,
  rep,
  reverse,
  sub,
  upper,
}
