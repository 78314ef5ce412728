import { spawnSync } from 'node:child_process'
import { describe, expect, it } from 'vitest'

const work = `
  const [fn] = lua.compile('return function(b) b.n = b.n + 1 b.constructor = "c" b.__proto__ = "p" return b, tostring(b.n):rep(2), pcall(error, "e") end').call()
  const [body, ...rest] = fn.call({ n: 4, toString: 'x' })
  console.log(JSON.stringify(body), JSON.stringify(rest))
  const template = 'local t = require "resty.template" return t.compile("<{{ x }}>")({ x = "&" })'
  console.log(lua.compile(template).call()[0])
  try { lua.compile('while true do end').call() } catch (error) { console.log(error.code) }
`
const lua = "const { createLua } = await import('@postern/lua'); const lua = createLua()"
const lockdown = "await import('ses'); lockdown()"
const answer = [
  '{"n":5,"toString":"x","constructor":"c","__proto__":"p"} ["55",false,"e"]',
  '<&amp;>',
  'POSTERN_LUA_BUDGET',
  '',
].join('\n')

describe('Lua and lockdown()', () => {
  it.each([
    { when: 'without lockdown', script: `${lua};${work}` },
    { when: 'after lockdown', script: `${lockdown};${lua};${work}` },
    { when: 'made before lockdown, used after it', script: `${lua};${lockdown};${work}` },
  ])('runs $when', ({ script }) => {
    const { stdout, stderr } = spawnSync(
      process.execPath,
      ['--conditions=@postern/source', '--input-type=module', '-e', script],
      { cwd: new URL('.', import.meta.url), encoding: 'utf8' },
    )
    expect(stdout, stderr).toBe(answer)
  })
})
