// The functions of `ngx.re`. One file because all of them read the same arguments and answer the
// same tables of captures.
import { decodeUtf8, encodeUtf8 } from '../host/utf8.ts'
import { badArgument, checkString } from '../library/arguments.ts'
import { toNumber } from '../runtime/arithmetic.ts'
import { allocate, allocateString, scan, spend } from '../runtime/budget.ts'
import { callFirst } from '../runtime/call.ts'
import { LuaThrow } from '../runtime/control.ts'
import { enterCallback, leaveNative } from '../runtime/protect.ts'
import { LuaTable, newTable, tableOf } from '../runtime/table.ts'
import { toText } from '../runtime/to-text.ts'
import { type Callable, type LuaResult, type LuaValue, typeName } from '../runtime/value.ts'
import { current } from '../runtime/world.ts'
import { compileRegex, type Regex, RegexTooDeep } from './compile-regex.ts'
import { parseRegex, RegexSyntaxError } from './parse-regex.ts'

/** What compiling costs, besides its parts. */
const COMPILE_STEPS = 200
/** What a match costs, besides its steps. */
const MATCH_STEPS = 40
/** Leaving all frames of a match that is too deep. */
const TOO_DEEP_STEPS = 6000
/** Compiled expressions a chunk keeps. */
const MAX_KEPT = 100
/** Of one pattern. Flags can be repeated, so there are any number of them. */
const MAX_FLAGS = 10

interface Ready {
  readonly regex: Regex
  /** Text and expression are characters, not bytes. */
  readonly isUnicode: boolean
  /** Only at the place where the search begins. */
  readonly isAnchored: boolean
}

/** Compiled expressions, by chunk: what one has paid for, no other gets free. */
const kept = new WeakMap<object, Map<string, Map<string, Ready | string>>>()

/** The table `ngx.re`. */
export function createNgxRe(): LuaTable {
  return tableOf({
    find,
    gmatch,
    gsub: replacing('gsub', true),
    match,
    sub: replacing('sub', false),
  })
}

/** The compiled expression, or what is wrong with it. */
function ready(pattern: string, options: LuaValue): Ready | string {
  const flags = options === undefined ? '' : checkString(options, 3, 'regex')
  const owner = current.surroundings as object
  const known = kept.get(owner) ?? new Map<string, Map<string, Ready | string>>()
  kept.set(owner, known)
  // A pattern that was made just now is read from end to end to be found.
  spend(pattern.length >> 3)
  const before = known.get(pattern)?.get(flags)
  if (before !== undefined) return before
  const made = compile(pattern, flags)
  if (known.size >= MAX_KEPT) known.clear()
  const byFlags = known.get(pattern) ?? new Map<string, Ready | string>()
  if (byFlags.size >= MAX_FLAGS) byFlags.clear()
  known.set(pattern, byFlags.set(flags, made))
  return made
}

function compile(pattern: string, flags: string): Ready | string {
  const unknown = /[^adijJomsuUxX]/.exec(flags)?.[0]
  if (unknown !== undefined) throw new LuaThrow(`unknown flag "${unknown}" (flags "${flags}")`)
  spend(COMPILE_STEPS + pattern.length * 10)
  allocate(1024 + pattern.length * 256)
  const has = (letter: string): boolean => flags.includes(letter)
  const isUnicode = has('u') || has('U')
  const source = isUnicode ? decodeUtf8(pattern) : pattern
  if (source === undefined) return failed('UTF-8 error', pattern, 0)
  try {
    const parsed = parseRegex(source, { i: has('i'), s: has('s'), m: has('m'), x: has('x') })
    return { regex: compileRegex(parsed), isUnicode, isAnchored: has('a') }
  } catch (error) {
    if (error instanceof RegexSyntaxError) return failed(error.message, pattern, error.at)
    if (error instanceof RegexTooDeep) return failed('regular expression is too large', pattern, 0)
    throw error
  }
}

function failed(message: string, pattern: string, at: number): string {
  const rest = pattern.slice(at)
  const place = rest === '' ? '' : ` at "${rest}"`
  return `pcre_compile() failed: ${message} in "${pattern}"${place}`
}

/** A text that is searched, in the form its expression takes it. */
interface Subject {
  readonly ready: Ready
  readonly text: string
}

const NOT_UTF8 = 'pcre_exec() failed: -10'
const TOO_DEEP = 'pcre_exec() failed: -8'

/** The subject of a call, or what is wrong with the expression or the text. */
function subjectOf(args: LuaValue[], name: string, options: LuaValue): Subject | string {
  const bytes = textOf(args[0], 1, name, args.length)
  const made = ready(textOf(args[1], 2, name, args.length), options)
  if (typeof made === 'string') return made
  scan(bytes.length)
  if (!made.isUnicode) return { ready: made, text: bytes }
  spend(bytes.length >> 2)
  const text = decodeUtf8(bytes)
  return text === undefined ? NOT_UTF8 : { ready: made, text }
}

/** As OpenResty: anything but a table or function is taken by its text. */
function textOf(value: LuaValue, position: number, name: string, given: number): string {
  if (
    value === undefined ||
    value === null ||
    typeof value === 'object' ||
    typeof value === 'function'
  ) {
    return checkString(value, position, name, given)
  }
  return toText(value)
}

/** Starts and ends, nothing when there is no match, a text when it could not be found out. */
function search(
  { ready: { regex, isAnchored }, text }: Subject,
  from: number,
): readonly number[] | string | undefined {
  spend(MATCH_STEPS)
  try {
    return regex.find(text, from, isAnchored)
  } catch (error) {
    if (!(error instanceof RegexTooDeep)) throw error
    spend(TOO_DEEP_STEPS)
    return TOO_DEEP
  }
}

function match(...args: LuaValue[]): LuaResult {
  const subject = subjectOf(args, 'match', args[2])
  if (typeof subject === 'string') return [undefined, subject]
  const places = searchFrom(subject, args[3])
  if (typeof places === 'string') return [undefined, places]
  if (places === undefined) return undefined
  return capturesOf(subject, places, args[4] instanceof LuaTable ? args[4] : newTable())
}

function find(...args: LuaValue[]): LuaResult {
  const subject = subjectOf(args, 'find', args[2])
  if (typeof subject === 'string') return [undefined, undefined, subject]
  const places = searchFrom(subject, args[3])
  if (typeof places === 'string') return [undefined, undefined, places]
  if (places === undefined) return undefined
  const which = args[4] === undefined ? 0 : (toNumber(args[4]) ?? 0)
  const start = places[2 * which]
  if (start === undefined) return [undefined, undefined, 'nth out of bound']
  if (start < 0) return undefined
  return [bytesBefore(subject, start) + 1, bytesBefore(subject, places[2 * which + 1] as number)]
}

/** Begins at `ctx.pos` and leaves there where to go on. */
function searchFrom(subject: Subject, context: LuaValue): readonly number[] | string | undefined {
  if (!(context instanceof LuaTable)) return search(subject, 0)
  const place = toNumber(context.getString('pos')) ?? 1
  const from = Math.max(0, Math.trunc(place) - 1)
  const start = charactersBefore(subject, from)
  if (start > subject.text.length) return undefined
  const places = search(subject, start)
  if (Array.isArray(places)) context.setKey('pos', bytesBefore(subject, places[1] as number) + 1)
  return places
}

/** For UTF-8: how many bytes the first `count` characters are. */
function bytesBefore({ ready: { isUnicode }, text }: Subject, count: number): number {
  if (!isUnicode) return count
  spend(count >> 2)
  return encodeUtf8(text.slice(0, count)).length
}

function charactersBefore({ ready: { isUnicode }, text }: Subject, bytes: number): number {
  if (!isUnicode) return bytes
  spend(text.length >> 2)
  return (decodeUtf8(encodeUtf8(text).slice(0, bytes)) ?? text).length
}

function capture(
  { ready: { isUnicode }, text }: Subject,
  places: readonly number[],
  which: number,
): LuaValue {
  const start = places[2 * which] as number
  const end = places[2 * which + 1] as number
  if (start < 0 || end < start) return false
  allocateString(isUnicode ? (end - start) * 3 : 0)
  const piece = text.slice(start, end)
  return isUnicode ? encodeUtf8(piece) : piece
}

/** 0 is all that matched; `false` stands for captures that took no part. */
function capturesOf(subject: Subject, places: readonly number[], table: LuaTable): LuaTable {
  const { regex } = subject.ready
  spend((regex.captures + regex.names.size) * 20)
  for (let i = 1; i <= regex.captures; i++) table.setNumber(i, capture(subject, places, i))
  table.setNumber(0, capture(subject, places, 0))
  for (const [name, index] of regex.names) table.setKey(name, capture(subject, places, index))
  return table
}

function gmatch(...args: LuaValue[]): LuaResult {
  const subject = subjectOf(args, 'gmatch', args[2])
  if (typeof subject === 'string') return [undefined, subject]
  let next = 0
  return () => {
    if (next > subject.text.length) return undefined
    const places = search(subject, next)
    if (!Array.isArray(places)) {
      next = subject.text.length + 1
      return typeof places === 'string' ? [undefined, places] : undefined
    }
    const [start, end] = places as [number, number]
    next = end === start ? end + 1 : end
    return capturesOf(subject, places, newTable())
  }
}

function replacing(name: string, isAll: boolean): Callable {
  return (...args) => {
    const subject = subjectOf(args, name, args[3])
    if (typeof subject === 'string') return [undefined, undefined, subject]
    const replace = replacementOf(args[2], name, args.length)
    const depth = enterCallback()
    const outcome = replaced(subject, replace, isAll)
    leaveNative(depth)
    if (typeof outcome === 'string') return [undefined, undefined, outcome]
    const text = outcome.parts.join('')
    allocateString(text.length * 2)
    return [subject.ready.isUnicode ? encodeUtf8(text) : text, outcome.count]
  }
}

type Replace = (subject: Subject, places: readonly number[]) => string

function replaced(
  subject: Subject,
  replace: Replace,
  isAll: boolean,
): { parts: string[]; count: number } | string {
  const {
    text,
    ready: { isUnicode },
  } = subject
  const parts: string[] = []
  let done = 0
  let count = 0
  for (let next = 0; next <= text.length && (isAll || count === 0); ) {
    const places = search(subject, next)
    if (typeof places === 'string') return places
    if (places === undefined) break
    const [start, end] = places as readonly [number, number]
    const bytes = replace(subject, places)
    const piece = isUnicode ? (decodeUtf8(bytes) ?? bytes) : bytes
    allocateString(start - done + piece.length)
    parts.push(text.slice(done, start), piece)
    done = end
    next = end === start ? end + 1 : end
    count++
  }
  parts.push(text.slice(done))
  return { parts, count }
}

function replacementOf(value: LuaValue, name: string, given: number): Replace {
  if (typeof value === 'function') {
    return (subject, places) => {
      const answer = callFirst(value, capturesOf(subject, places, newTable()))
      if (typeof answer === 'string' || typeof answer === 'number') return toText(answer)
      throw new LuaThrow(`bad argument #3 to '${name}' (string expected, got ${typeName(answer)})`)
    }
  }
  if (value === undefined || typeof value === 'object')
    throw badArgument(3, name, `string expected, got ${given < 3 ? 'no value' : typeName(value)}`)
  return template(toText(value))
}

/** `$1`, `${1}` and `$0` are captures, `$$` is a dollar. */
function template(text: string): Replace {
  if (!text.includes('$')) return () => text
  spend(text.length)
  const pieces = text.split(/\$(\$|\d{1,3}|\{\d{1,3}\})/)
  if (pieces.some((piece, i) => i % 2 === 0 && piece.includes('$'))) {
    throw new LuaThrow(`invalid capturing variable name found in "${text}"`)
  }
  return (subject, places) => {
    spend(pieces.length * 4)
    let out = ''
    for (const [i, piece] of pieces.entries()) {
      out +=
        i % 2 === 0
          ? piece
          : piece === '$'
            ? '$'
            : captured(subject, places, Number(piece.replace(/[{}]/g, '')))
      allocateString(out.length >> 3)
    }
    return out
  }
}

function captured(subject: Subject, places: readonly number[], which: number): string {
  if (places[2 * which] === undefined) return ''
  const piece = capture(subject, places, which)
  return typeof piece === 'string' ? piece : ''
}
