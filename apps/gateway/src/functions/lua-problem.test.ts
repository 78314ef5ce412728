import { expect, it } from 'vitest'
import { luaProblemOf } from './lua-problem.ts'

it.each([
  ['not lua(', `[string "not lua("]:1: unexpected symbol near 'not'`],
  ['x =\n=', `[string "x =..."]:2: unexpected symbol near '='`],
  [`= ${'a'.repeat(46)}`, `[string "= ${'a'.repeat(46)}"]:1: unexpected symbol near '='`],
  [`= ${'a'.repeat(47)}`, `[string "= ${'a'.repeat(43)}..."]:1: unexpected symbol near '='`],
])('says of %j', (source, problem) => {
  expect(luaProblemOf(source)).toBe(problem)
})

it('says nothing of a chunk that compiles', () => {
  expect(luaProblemOf('return 1')).toBeUndefined()
})
