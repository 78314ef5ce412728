import { styleText } from 'node:util'
import type { Problem } from '../config/problem.ts'

/** How a problem is written. */
export interface FormatOptions {
  /** Colours or none. Unless given, colours when standard error is a terminal and NO_COLOR is not set. */
  readonly colours?: boolean
}

/** Longer lines are shown in part, around the place. */
const FRAME_WIDTH = 100

/**
 * Writes a problem for a terminal: `file:line:column: message`, and below it the line with a mark
 * under the place.
 *
 * @example
 * postern.conf:3:11: error: workers is "many", expected a whole number from 0 to 1024, or auto
 *     3 | workers = many
 *       |           ^
 */
export function formatProblem(problem: Problem, options: FormatOptions = {}): string {
  const paint = painter(options)
  const { origin, line, column, severity, message } = problem
  const place = line === undefined ? origin : `${origin}:${line}:${column}`
  const colour = severity === 'error' ? 'red' : 'yellow'
  const head = `${paint('bold', `${place}:`)} ${paint(colour, `${severity}:`)} ${printable(message)}`
  return [head, ...formatFrame(problem, paint)].join('\n')
}

type Style = Parameters<typeof styleText>[0]
type Paint = (style: Style, text: string) => string

function painter({ colours }: FormatOptions): Paint {
  if (colours === undefined)
    return (style, text) => styleText(style, text, { stream: process.stderr })
  return colours
    ? (style, text) => styleText(style, text, { validateStream: false })
    : (_style, text) => text
}

function formatFrame({ sourceLine, line, column }: Problem, paint: Paint): string[] {
  if (sourceLine === undefined || line === undefined || column === undefined) return []
  const start = Math.max(0, column - 1 - FRAME_WIDTH / 2)
  const text = printable(sourceLine.slice(start, start + FRAME_WIDTH))
  const number = String(line).padStart(5)
  const gap = ' '.repeat(column - 1 - start)
  return [
    `${paint('gray', `${number} |`)} ${text}`,
    `${paint('gray', '      |')} ${gap}${paint('red', '^')}`,
  ]
}

/** One column for each control character, so that a file cannot play with the terminal nor shift the mark. */
function printable(text: string): string {
  return text.replace(CONTROL, (char) => (char === '\t' ? ' ' : '\uFFFD'))
}

// Line feeds stay: a message may have several lines.
const CONTROL = /(?!\n)[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu
