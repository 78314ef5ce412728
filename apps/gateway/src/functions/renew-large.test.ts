import type { ExitFunctionContext, ExitInput } from '@postern/exit-transformer'
import { HostWait, type LuaHttpRequest, type LuaHttpResponse } from '@postern/lua'
import { describe, expect, it } from 'vitest'
import { createLuaFunctions } from './lua-functions.ts'
import { caseRequest, logLines } from './run-case.ts'

/** Nothing here looks at it. */
const CONTEXT = {} as ExitFunctionContext

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

describe('a Lua function whose chunk waits at its top level', () => {
  /** Asks for what the test answers, and keeps as much as the exit says. */
  const source = `local name, bytes = ...
    local told = http:request_uri("http://asked/" .. name).body
    local big = ("x"):rep(bytes)
    local n = 0
    return function() n = n + 1 return 200, { from = told, n = n, kept = #big } end`

  function waiting() {
    const asked = new Map<string, PromiseWithResolvers<LuaHttpResponse>>()
    const http = ({ path }: LuaHttpRequest): HostWait<LuaHttpResponse> => {
      const question = Promise.withResolvers<LuaHttpResponse>()
      asked.set(path.slice(1), question)
      return new HostWait(question.promise)
    }
    const { log } = logLines()
    const fn = createLuaFunctions({
      mode: 'on',
      requires: [],
      environment: [],
      network: { http, close: async () => {} },
      log,
    })(`local http = require("resty.http").new() ${source}`, {
      name: 'f',
      language: 'lua',
      timeoutMs: 10_000,
      isShadow: false,
    })
    return {
      call: async (name: string, bytes = 0) => {
        const input = { status: name, body: bytes } as unknown as ExitInput
        return (await fn(input, CONTEXT, undefined)) as { body: unknown }
      },
      answer: (name: string) => {
        const body = Buffer.from(name)
        asked.get(name)?.resolve({ status: 200, reason: 'OK', headers: [], body })
      },
    }
  }

  it('is kept once, however many calls have run the chunk meanwhile', async () => {
    const { call, answer } = waiting()
    const calls = ['a', 'b', 'c'].map((name) => call(name))
    for (const name of ['b', 'c', 'a']) answer(name)
    const bodies = (await Promise.all(calls)).map(({ body }) => body)
    expect(bodies).toEqual([3, 1, 2].map((n) => ({ from: 'b', n, kept: 0 })))
    expect((await call('d')).body).toEqual({ from: 'b', n: 4, kept: 0 })
  })

  it.each([{ order: ['early', 'anew'] }, { order: ['anew', 'early'] }])(
    'is not kept from before the chunk has begun anew, where the answers come as $order',
    async ({ order }) => {
      const { call, answer } = waiting()
      const early = call('early')
      const large = ['a', 'b', 'c'].map((name) => call(name, 25_000_000))
      for (const name of ['a', 'b', 'c']) answer(name)
      await Promise.all(large)
      const calls = { early, anew: call('anew') }
      for (const name of order as ('early' | 'anew')[]) {
        answer(name)
        expect((await calls[name]).body).toEqual({ from: name, n: 1, kept: 0 })
      }
      expect((await call('next')).body).toEqual({ from: 'anew', n: 2, kept: 0 })
    },
  )
})
