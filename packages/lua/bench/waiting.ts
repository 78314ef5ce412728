// What it costs that a function may wait: the same function where it cannot, where it could, and
// where it does, with a promise that is there already.
//   node --conditions=@postern/source packages/lua/bench/waiting.ts
import assert from 'node:assert/strict'
import { createLua, HostWait, type LuaFunction, waiting } from '../src/index.ts'

const done = Promise.resolve('told')
// Much fuel: the time of the host is charged, and on a busy machine it may stand still for long.
const fuel = 1_000_000_000
const lua = createLua({
  fuel,
  globals: { ask: waiting(() => new HostWait(done)), tell: () => 'told' },
})
const functionOf = (ask: string): LuaFunction =>
  lua
    .compile(`return function(status, body)
      if status < 500 then return status, { error = true, message = body.message .. ", arr!" } end
      return status, { told = ${ask}() }
    end`)
    .call()[0] as LuaFunction

const plain = functionOf('tell')
const suspendable = functionOf('ask')
const BODY = { message: 'No API key found in request' }
const ANSWER = [401, { error: true, message: 'No API key found in request, arr!' }]

async function wait(): Promise<unknown> {
  const call = suspendable.callWaiting(500, BODY)
  return 'finish' in call ? call.finish() : call
}

assert.deepEqual(plain.callWaiting(401, BODY), ANSWER)
assert.deepEqual(suspendable.callWaiting(401, BODY), ANSWER)
assert.deepEqual(await wait(), [500, { told: 'told' }])

const CALLS = 20_000
const ROUNDS = 30

const WORK = {
  'cannot wait': () => void plain.callWaiting(401, BODY),
  'could, and does not': () => void suspendable.callWaiting(401, BODY),
  waits: wait,
}

const best = new Map<string, number>()
for (let round = 0; round < ROUNDS; round++) {
  for (const [name, work] of Object.entries(WORK)) {
    const startedAt = process.hrtime.bigint()
    for (let i = 0; i < CALLS; i++) {
      const pending = work()
      if (pending !== undefined) await pending
    }
    const ns = Number(process.hrtime.bigint() - startedAt) / CALLS
    best.set(name, Math.min(ns, best.get(name) ?? Number.POSITIVE_INFINITY))
  }
}
for (const [name, ns] of best) console.log(`${name}: ${ns.toFixed(0)} ns at best`)
