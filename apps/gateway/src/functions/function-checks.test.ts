import { describe, expect, it } from 'vitest'
import { functionChecks } from './function-checks.ts'

/** As somebody writes it whose editor knows the types. */
const TYPED = `import type { ExitFunction } from '@postern/exit-transformer'
const fn: ExitFunction = (status, body, headers, exit) => [status, { why: exit.reason }, headers]
export default fn satisfies ExitFunction`

describe('functionChecks()', () => {
  it.each([
    ['.lua', 'return function() end'],
    ['.js', '(s) => [s]'],
    ['.mjs', 'export default (s) => [s]'],
    ['.ts', 'export default (s: number) => [s]'],
    ['.ts', TYPED],
    ['.lua', 'ready-made: problem-json'],
  ])('finds nothing wrong with a good %s file', (ending, source) => {
    expect(functionChecks()[ending]?.(source, `f${ending}`)).toBeUndefined()
  })

  it.each([
    ['.lua', 'return\nfunction(', 'POSTERN_LUA_SYNTAX', 2],
    ['.js', '(s) =>\n [', 'POSTERN_SANDBOX_SYNTAX', 2],
    ['.mjs', 'import x from "y"\nexport default x', 'POSTERN_SANDBOX_SYNTAX', 1],
    ['.ts', '(s: ) =>', 'POSTERN_SANDBOX_SYNTAX', 1],
    ['.js', 'ready-made: none', 'POSTERN_EXIT_TRANSFORMER_READY_MADE_INVALID', 1],
  ])('tells code and place in a broken %s file', (ending, source, code, line) => {
    const problem = functionChecks()[ending]?.(source, `f${ending}`)
    expect(problem).toMatchObject({ code, line, column: expect.any(Number) })
  })
})
