import { describe, expect, it } from 'vitest'
import { createLuaFunctions } from './lua-functions.ts'
import { caseRequest, logLines } from './run-case.ts'

/** Compiles a source, to be called again and again on a 401. */
function run(source: string) {
  const { log } = logLines()
  const compile = createLuaFunctions({ mode: 'sandbox', requires: [], environment: [], log })
  const name = 'exit-transformer[1]'
  const fn = compile(source, { name, language: 'lua', timeoutMs: 50, isShadow: false })
  const at = caseRequest({})
  return { call: () => at.reduce(fn, { status: 401, body: { message: 'no key' } }) }
}

describe('what a Lua function keeps from one call to the next', () => {
  it.each([
    { where: 'a local around it', source: 'local kept = {} return function(s) KEEP end' },
    { where: 'a global', source: 'return function(s) kept = kept or {} KEEP end' },
    {
      where: 'a global of a chunk of the other form',
      source: 'kept = kept or {} local s = ... KEEP',
    },
  ])('in $where is forgotten before it is more than 64 MiB', ({ source }) => {
    const keep = 'kept[#kept + 1] = ("x"):rep(1048576) .. #kept return s, { n = #kept }'
    const { call } = run(source.replace('KEEP', keep))
    const counts = Array.from({ length: 150 }, () => (call() as { body: { n: number } }).body.n)
    expect(counts.slice(0, 3)).toEqual([1, 2, 3])
    expect(Math.max(...counts)).toBeLessThanOrEqual(64)
    expect(counts.filter((n) => n === 1).length).toBeGreaterThanOrEqual(2)
  })

  it('is not forgotten where it is little', () => {
    const { call } = run('local n = 0 return function(s) n = n + 1 return s, { n = n } end')
    for (let i = 0; i < 5000; i++) void call()
    expect(call()).toMatchObject({ body: { n: 5001 } })
  })
})
