// What a Lua function costs: the documented "arr!" function with JSON text in and out, against the
// same work in JavaScript. Rounds of both alternate, and the ratio of each pair counts.
//   node --conditions=@postern/source packages/lua/bench/exit-function.ts
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { createLua, type LuaFunction } from '../src/index.ts'

const source = readFileSync(new URL('../test/documents/kong-arr.lua', import.meta.url), 'utf8')
const fn = createLua().compile(source).call()[0] as LuaFunction
const text = '{"message":"No API key found in request"}'
const expected = '{"error":true,"status":401,"message":"No API key found in request, arr!"}'

function inLua(): string {
  const [, body] = fn.call(401, JSON.parse(text) as { message: string }, undefined)
  return JSON.stringify(body)
}

function inJavaScript(): string {
  const body = JSON.parse(text) as { message: string }
  return JSON.stringify({ error: true, status: 401, message: `${body.message}, arr!` })
}

assert.equal(inLua(), expected)
assert.equal(inJavaScript(), expected)

const CALLS = 50_000
const ROUNDS = 41

function nanoseconds(work: () => string): number {
  const startedAt = process.hrtime.bigint()
  for (let i = 0; i < CALLS; i++) work()
  return Number(process.hrtime.bigint() - startedAt) / CALLS
}

const rounds: { lua: number; javascript: number }[] = []
for (let round = 0; round < ROUNDS; round++) {
  rounds.push({ lua: nanoseconds(inLua), javascript: nanoseconds(inJavaScript) })
}
rounds.splice(0, 5)
const middle = (values: number[]): number =>
  values.toSorted((a, b) => a - b)[values.length >> 1] as number
const ratio = middle(rounds.map(({ lua, javascript }) => lua / javascript))
const best = {
  lua: Math.min(...rounds.map(({ lua }) => lua)),
  javascript: Math.min(...rounds.map(({ javascript }) => javascript)),
}
console.log(`Lua ${best.lua.toFixed(0)} ns, JavaScript ${best.javascript.toFixed(0)} ns at best`)
console.log(`ratio ${ratio.toFixed(2)} (median of ${rounds.length} pairs)`)
