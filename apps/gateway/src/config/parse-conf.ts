import { configErrors } from './errors.ts'
import { type Place, type Problem, problemAt } from './problem.ts'

/** A key with its value as text, and where both stand. */
export interface Setting {
  readonly key: string
  readonly value: string
  readonly keyPlace: Place
  /** Behind the quote where it has one. */
  readonly valuePlace: Place
  /** The whole line, comment included; undefined where there are no lines. */
  readonly sourceLine: string | undefined
}

export interface ParsedConf {
  readonly settings: readonly Setting[]
  readonly problems: readonly Problem[]
}

const LINE = /^([A-Za-z][\w-]*)(\s*=\s*)(.*)$/

/**
 * Reads the text of a postern.conf: lines `key = value`, comments after `#`.
 *
 * A `#` that belongs to a value is written `\#`, or the whole value stands in quotes. All problems
 * are collected, so that a file can be mended in one go. Keys are not compared with anything here.
 *
 * @see Kong Gateway docs, configuration reference, "Configuration properties"
 */
export function parseConf(text: string, file: string): ParsedConf {
  const settings: Setting[] = []
  const problems: Problem[] = []
  const lines = text.replace(/^\uFEFF/, '').split(/\r?\n/)
  lines.forEach((line, index) => parseLine(line, { file, line: index + 1, settings, problems }))
  return { settings, problems }
}

interface LineContext {
  readonly file: string
  readonly line: number
  readonly settings: Setting[]
  readonly problems: Problem[]
}

function parseLine(raw: string, context: LineContext): void {
  const text = raw.trimStart()
  if (text === '' || text.startsWith('#')) return
  const indent = raw.length - text.length
  const match = LINE.exec(text)
  if (match === null) {
    const error = configErrors.SYNTAX(firstWord(text), '"key = value"')
    context.problems.push(problemAt(placeOf(context, indent), error))
    return
  }
  const [, key, separator, rest] = match as unknown as [string, string, string, string]
  const valueStart = indent + key.length + separator.length
  const valuePlace = placeOf(context, valueStart)
  const value = readQuoted(rest) ?? readPlain(rest)
  if ('expected' in value) {
    const error = configErrors.SYNTAX(value.found, value.expected)
    context.problems.push(problemAt(valuePlace, error))
    return
  }
  if (value.cut)
    context.problems.push(
      problemAt(valuePlace, configErrors.VALUE_CUT(key), { severity: 'warning' }),
    )
  context.settings.push({
    key,
    value: value.text,
    keyPlace: placeOf(context, indent),
    valuePlace: value.isQuoted ? placeOf(context, valueStart + 1) : valuePlace,
    sourceLine: raw,
  })
}

type Value =
  | { readonly text: string; readonly cut: boolean; readonly isQuoted: boolean }
  | { readonly found: string; readonly expected: string }

/** A value in quotes is taken as it stands, `#` included. Undefined when it has no quotes. */
function readQuoted(rest: string): Value | undefined {
  const quote = rest[0]
  if (quote !== '"' && quote !== "'") return undefined
  const end = rest.indexOf(quote, 1)
  if (end < 0) return { found: quote, expected: `a closing ${quote} in the same line` }
  const after = rest.slice(end + 1).trim()
  if (after !== '' && !after.startsWith('#')) {
    return { found: quote, expected: 'nothing but a comment after the closing quote' }
  }
  return { text: rest.slice(1, end), cut: false, isQuoted: true }
}

/**
 * A value without quotes ends at the first `#` without a backslash before it, as in Kong. A `#` in
 * the middle of a word is most likely a part of a password, and told as a warning.
 */
function readPlain(rest: string): Value {
  const comment = /(?<!\\)#/.exec(rest)
  const end = comment?.index ?? rest.length
  const cut = end > 0 && end < rest.length && !/\s/.test(rest.charAt(end - 1))
  return { text: rest.slice(0, end).trim().replaceAll('\\#', '#'), cut, isQuoted: false }
}

function placeOf(context: LineContext, offset: number): Place {
  return { origin: context.file, line: context.line, column: offset + 1 }
}

/** The rest of the line may be a secret and is never repeated. */
function firstWord(text: string): string {
  const [word = ''] = text.split(/[\s:=]/, 1)
  return word.length > 40 ? `${word.slice(0, 40)}...` : word
}
