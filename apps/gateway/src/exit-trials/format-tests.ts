import { formatProblem } from '../cli/format-problem.ts'
import { functionProblem } from '../cli/function-problem.ts'
import type { Mismatch } from './compare-answer.ts'
import { diffLines } from './diff-lines.ts'
import { formatChanges, type Paint } from './format-tried.ts'
import type { TestedFile, TestedRow } from './run-exit-tests.ts'
import type { TriedFunction } from './tried-exit.ts'

/** Lines of one comparison that are shown. */
const MAX_SHOWN = 60
/** Lines on either side of a difference that are shown as well. */
const CONTEXT = 3

/** The rows of a file, and of those that failed what is different. */
export function formatTestedFile(file: TestedFile, paint: Paint): string {
  const lines = file.rows.flatMap((row) => formatRow(file, row, paint))
  return [paint('bold', file.path), ...lines].map((line) => `${line}\n`).join('')
}

function formatRow(file: TestedFile, row: TestedRow, paint: Paint): string[] {
  const mark = row.isGood ? paint('green', 'ok  ') : paint('red', 'FAIL')
  return [
    `  ${mark} ${row.title}`,
    ...row.mismatches.flatMap((one) => formatMismatch(one, paint)),
    ...row.faults.map((fault) => `       ${paint('red', fault)}`),
    ...row.failed.flatMap((one) => indent(placed(file, one, paint))),
  ]
}

function placed({ functions }: TestedFile, tried: TriedFunction, paint: Paint): string {
  const { name, problem, outcome } = tried
  const source = functions.find((one) => one.name === name)?.source ?? ''
  const { code = '', message = outcome, line, column } = problem ?? {}
  const found = functionProblem(name, source, { code, message, line, column })
  return formatProblem(found, { colours: paint('red', 'x') !== 'x' })
}

function indent(text: string): string[] {
  return text.split('\n').map((line) => `       ${line}`)
}

function formatMismatch(mismatch: Mismatch, paint: Paint): string[] {
  const { part, expected, got, changes } = mismatch
  if (changes !== undefined) {
    const lines = formatChanges(changes, paint).map((line) => `       ${line}`)
    return [`       ${part}: expected no change`, ...lines]
  }
  const left = textOf(expected)
  const right = textOf(got)
  if (!left.includes('\n') && !right.includes('\n')) {
    return [`       ${part}: expected ${paint('green', left)}, got ${paint('red', right)}`]
  }
  const head = `       ${part}: ${paint('green', '- expected')} ${paint('red', '+ got')}`
  return [head, ...formatDiff(left, right, paint)]
}

function formatDiff(expected: string, got: string, paint: Paint): string[] {
  const lines = diffLines(expected, got)
  const isNear = lines.map((_, index) =>
    lines
      .slice(Math.max(0, index - CONTEXT), index + CONTEXT + 1)
      .some(({ side }) => side !== 'both'),
  )
  const shown = lines.filter((_, index) => isNear[index])
  const cut = shown.slice(0, MAX_SHOWN).map(({ side, text }) => {
    if (side === 'expected') return `         ${paint('green', `- ${printable(text)}`)}`
    if (side === 'got') return `         ${paint('red', `+ ${printable(text)}`)}`
    return `           ${printable(text)}`
  })
  const more = shown.length - cut.length
  return more === 0 ? cut : [...cut, `         and ${more} more lines`]
}

function textOf(value: unknown): string {
  if (value === undefined) return 'nothing'
  if (typeof value === 'string') return value.includes('\n') ? value : JSON.stringify(value)
  return JSON.stringify(sorted(value), null, 2)
}

/** The order of names does not count, so it must not make lines different. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(sorted)
  const entries = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return Object.fromEntries(entries.map(([name, inner]) => [name, sorted(inner)]))
}

/** What came out of a function must not play with the terminal. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '\uFFFD')
}
