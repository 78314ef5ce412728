import { describe, expect, it } from 'vitest'
import type { Problem } from '../config/problem.ts'
import { formatProblem } from './format-problem.ts'

function problem(changes: Partial<Problem> = {}): Problem {
  return {
    severity: 'error',
    code: 'POSTERN_CONFIG_VALUE_INVALID',
    message: 'workers is "many", expected a number',
    origin: 'postern.conf',
    line: 3,
    column: 11,
    sourceLine: 'workers = many',
    ...changes,
  }
}

describe('formatProblem()', () => {
  it('writes place, severity and message, and marks the place in the line', () => {
    expect(formatProblem(problem(), { colours: false })).toBe(
      [
        'postern.conf:3:11: error: workers is "many", expected a number',
        '    3 | workers = many',
        '      |           ^',
      ].join('\n'),
    )
  })

  it('names only the origin where there are no lines', () => {
    const origin = 'environment variable POSTERN_WORKERS'
    const given = problem({ origin, line: undefined, column: undefined, sourceLine: undefined })
    expect(formatProblem(given, { colours: false })).toBe(
      'environment variable POSTERN_WORKERS: error: workers is "many", expected a number',
    )
  })

  it('shows no line where it may hold a secret', () => {
    const text = formatProblem(problem({ sourceLine: undefined }), { colours: false })
    expect(text.split('\n')).toHaveLength(1)
  })

  it('shows the part of a long line that is around the place', () => {
    const sourceLine = `${'a'.repeat(500)}!${'b'.repeat(500)}`
    const text = formatProblem(problem({ sourceLine, column: 501 }), { colours: false })
    const [, frame = '', mark = ''] = text.split('\n')
    expect(frame.length).toBeLessThan(120)
    expect(frame.charAt(mark.indexOf('^'))).toBe('!')
  })

  it.each([
    { name: 'an escape sequence', sourceLine: 'a\u001b[2Jb' },
    { name: 'a carriage return', sourceLine: 'good\rbad' },
    { name: 'a change of direction', sourceLine: 'a\u202eb' },
    { name: 'a tab', sourceLine: 'a\tb' },
  ])('replaces $name by one visible character', ({ sourceLine }) => {
    const [, frame = ''] = formatProblem(problem({ sourceLine, column: 1 }), {
      colours: false,
    }).split('\n')
    expect(frame).toHaveLength('    3 | '.length + sourceLine.length)
    expect(frame).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u)
  })

  it.each([
    { severity: 'error', code: '\u001b[31m' },
    { severity: 'warning', code: '\u001b[33m' },
  ] as const)('gives an $severity its colour', ({ severity, code }) => {
    expect(formatProblem(problem({ severity }), { colours: true })).toContain(code)
  })
})
