import { STATUS_CODES } from 'node:http'
import { styleText } from 'node:util'
import type { ExitDiff } from '@postern/exit-transformer'
import { formatProblem } from '../cli/format-problem.ts'
import { functionProblem } from '../cli/function-problem.ts'
import type { TrialFunction } from './run-trial.ts'
import type { TriedExit, TriedFunction } from './tried-exit.ts'

/** How text is coloured; text that stays as it is on anything but a terminal. */
export type Paint = (style: Parameters<typeof styleText>[0], text: string) => string

/** Colours for a stream, where it is a terminal and NO_COLOR is not set. */
export function paintFor(stream: NodeJS.WriteStream): Paint {
  return (style, text) => styleText(style, text, { stream })
}

/** The response as `curl -i` prints it. */
export function formatResponse({ response }: TriedExit, paint: Paint): string {
  const { status, headers, body } = response
  const reason = STATUS_CODES[status] ?? ''
  const lines = Object.entries(headers).flatMap(([name, values]) =>
    [values].flat().map((value) => `${paint('bold', name)}: ${value}`),
  )
  const head = [paint(status < 400 ? 'green' : 'yellow', `HTTP/1.1 ${status} ${reason}`), ...lines]
  return `${head.join('\n')}\n\n${body === '' || body.endsWith('\n') ? body : `${body}\n`}`
}

/** What each function did, one after the other. */
export function formatExplanation(
  { functions, response }: TriedExit,
  sources: readonly TrialFunction[],
  paint: Paint,
): string {
  const parts = functions.map((one, index) => formatFunction(one, sources[index]?.source, paint))
  const failed =
    response.problem === undefined ? [] : [paint('red', `cannot be sent: ${response.problem}`)]
  return [...parts, ...failed].map((part) => `${part}\n`).join('')
}

const COLOURS = {
  changed: 'green',
  unchanged: 'gray',
  failed: 'red',
  ended: 'red',
  skipped: 'yellow',
} as const

function formatFunction(tried: TriedFunction, source: string | undefined, paint: Paint): string {
  const { name, outcome, milliseconds, changes, problem, log = [] } = tried
  const said =
    outcome === 'failed' || outcome === 'ended' ? `${outcome}, its input goes on` : outcome
  const head = `${paint('bold', name)}: ${paint(COLOURS[outcome], said)} ${paint('gray', `(${milliseconds} ms)`)}`
  const lines = [
    ...log.map((line) => `  ${paint('gray', 'says')} ${oneLine(line)}`),
    ...(changes === undefined ? [] : formatChanges(changes, paint)),
  ]
  const told = problem === undefined ? [] : [placed(tried, source, paint)]
  return [head, ...lines, ...told].join('\n')
}

function placed(
  { name, problem }: TriedFunction,
  source: string | undefined,
  paint: Paint,
): string {
  const { code = '', message = '', line, column } = problem ?? {}
  const found = functionProblem(name, source ?? '', { code, message, line, column })
  const isPainted = paint('red', 'x') !== 'x'
  return formatProblem(found, { colours: isPainted })
}

/** What is different, a line for each part. */
export function formatChanges(changes: ExitDiff, paint: Paint): string[] {
  const { status, headers = {}, body } = changes
  const row = (what: string, from: string, to: string): string =>
    `  ${what}: ${paint('red', from)} -> ${paint('green', to)}`
  const header = (name: string, from: unknown, to: unknown): string =>
    row(`header ${oneLine(name)}`, shown(from), shown(to))
  const omitted = (headers.omitted ?? 0) + (body?.omitted ?? 0)
  return [
    ...(status === undefined ? [] : [row('status', String(status.from), String(status.to))]),
    ...Object.entries(headers.removed ?? {}).map(([name, from]) => header(name, from, undefined)),
    ...Object.entries(headers.changed ?? {}).map(([name, { from, to }]) => header(name, from, to)),
    ...Object.entries(headers.added ?? {}).map(([name, to]) => header(name, undefined, to)),
    ...(body?.changes ?? []).map(({ path, from, to }) =>
      row(`body ${oneLine(path)}`.trim(), shown(from), shown(to)),
    ),
    ...(omitted === 0 ? [] : [`  and ${omitted} more`]),
  ]
}

function shown(value: unknown): string {
  return value === undefined ? 'none' : oneLine(JSON.stringify(value))
}

/** What came out of a function must not play with the terminal. */
function oneLine(text: string): string {
  return text.trimEnd().replace(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/gu, '\uFFFD')
}
