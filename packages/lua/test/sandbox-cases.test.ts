import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { createLua, type HostValue, type Lua, type LuaFunction } from '../src/index.ts'

interface EscapeCase {
  readonly id: string
  readonly class: string
  readonly mode: 'sandbox' | 'on'
  readonly source: string
  readonly then_source?: string
  readonly expect: Outcome
  readonly also_ok?: readonly Outcome[]
  readonly response?: {
    readonly body_must_not_match?: string
    readonly body_must_not_contain?: readonly string[]
    readonly body_equals?: unknown
  }
}

type Outcome = 'rejected' | 'contained' | 'times_out' | 'error_passes_original'

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`cases/${name}.cases.json`, import.meta.url), 'utf8'))
const cases = read('sandbox-escape') as EscapeCase[]

/**
 * What of a case only a gateway can show, because it is about the response on the wire. Here the
 * value is plain data, and that much is held.
 */
const NEEDS_GATEWAY: ReadonlyMap<string, string> = new Map([
  ['lua-ret-29', 'CR and LF in a header value are judged where headers are written'],
  ['lua-ret-30', 'CR and LF in a header name are judged where headers are written'],
  ['lua-ret-33', 'how a boolean is written in a header is the concern of the response'],
  ['lua-ret-35', 'Content-Length is set by whoever writes the response'],
  ['lua-ret-36', 'headers that are no table are judged by the exit-transformer'],
  ['lua-ret-37', 'header names that are numbers are judged by the exit-transformer'],
  ['lua-ret-41', 'what a log line may contain is the concern of the log'],
])

const GENERATED: Readonly<Record<string, (count: number) => string>> = {
  'lua-nested-parens': (n) =>
    `return function(s, b, h) return ${'('.repeat(n)}1${')'.repeat(n)} end`,
  'lua-locals': (n) => {
    const locals = Array.from({ length: n }, (_, i) => `local v${i} = ${i}`).join('\n')
    return `return function(s, b, h)\n${locals}\nreturn s, b, h end`
  },
}

function sourceOf(text: string): string {
  const generated = /^@gen:([\w-]+):(\d+)$/.exec(text)
  return generated === null
    ? text
    : (GENERATED[generated[1] as string]?.(Number(generated[2])) ?? text)
}

const original: HostValue[] = [401, { message: 'No API key found in request' }, { 'x-a': 'b' }]

function runCase(lua: Lua, source: string): { outcome: Outcome; values: HostValue[] } {
  let fn: LuaFunction
  try {
    fn = lua.compile(sourceOf(source)).call()[0] as LuaFunction
  } catch {
    // Which error it is does not matter: a chunk that cannot be loaded is refused.
    return { outcome: 'rejected', values: [] }
  }
  if (typeof fn !== 'object' || fn === null) return { outcome: 'rejected', values: [] }
  try {
    const values = fn.call(...original)
    return { outcome: isStatus(values[0]) ? 'contained' : 'error_passes_original', values }
  } catch (error) {
    const isBudget = (error as { code?: string }).code === 'POSTERN_LUA_BUDGET'
    return { outcome: isBudget ? 'times_out' : 'error_passes_original', values: [] }
  }
}

function isStatus(value: HostValue): boolean {
  return value === undefined || (typeof value === 'number' && value >= 100 && value <= 599)
}

describe('the cases of the sandbox', () => {
  it('has them all', () => {
    expect(cases).toHaveLength(73)
  })

  it.each(cases)('$id: $class', (escape) => {
    const lua = createLua({ mode: escape.mode })
    const startedAt = performance.now()
    const { outcome, values } = runCase(lua, escape.source)
    expect(performance.now() - startedAt).toBeLessThan(1000)
    expect([escape.expect, ...(escape.also_ok ?? [])]).toContain(outcome)
    const shown = JSON.stringify(values) ?? ''
    const { response = {} } = escape
    if (response.body_must_not_match !== undefined) {
      expect(shown).not.toMatch(new RegExp(response.body_must_not_match))
    }
    for (const text of response.body_must_not_contain ?? []) expect(shown).not.toContain(text)
    if (escape.then_source !== undefined) {
      const after = runCase(lua, escape.then_source)
      expect(after.values[1]).toEqual(response.body_equals)
    }
    expect((globalThis as { polluted?: unknown }).polluted).toBeUndefined()
  })

  it('names only cases that exist among those that also need a gateway', () => {
    const ids = new Set(cases.map(({ id }) => id))
    expect([...NEEDS_GATEWAY.keys()].filter((id) => !ids.has(id))).toEqual([])
  })
})

interface KongCase {
  readonly id: string
  readonly sandbox: {
    readonly mode: 'sandbox' | 'on'
    readonly op: 'validate' | 'validate_safe' | 'load'
    readonly lua: string
    readonly requires?: readonly string[]
  }
  readonly expect: {
    readonly ok?: boolean
    readonly load_error?: string
    readonly run_error?: string
    readonly returns?: readonly (string | { readonly $match: string })[]
    readonly outside?: Readonly<Record<string, null>>
  }
}

/** What the embedder of the cases gives; masking secrets is its work, and done here by it. */
function kongGlobals(mode: 'sandbox' | 'on'): Readonly<Record<string, HostValue>> {
  return {
    kong: {
      response: { exit: () => undefined },
      configuration: { pg_password: mode === 'on' ? 'secret' : '******' },
    },
    ngx: { exit: () => undefined },
  }
}

describe("the cases of Kong's own sandbox", () => {
  it.each(read('kong-sandbox') as KongCase[])('$id', ({ sandbox, expect: expected }) => {
    const { mode, op, lua: source, requires } = sandbox
    const lua = createLua({
      mode,
      globals: kongGlobals(mode),
      ...(requires === undefined ? {} : { requires }),
    })
    let answer: HostValue[] = []
    let problem = ''
    try {
      const chunk = lua.compile(source)
      if (op !== 'validate_safe') answer = chunk.call()
    } catch (error) {
      problem = (error as Error).message
    }
    // The words before the message are those of whoever saves a function.
    const reported = problem === '' ? '' : `Error parsing function: ${problem}`
    expect(reported).toContain(expected.load_error ?? expected.run_error ?? '')
    if (expected.load_error === undefined && expected.run_error === undefined) {
      expect(problem).toBe('')
    }
    for (const [i, value] of (expected.returns ?? []).entries()) {
      const pattern = typeof value === 'string' ? `^${value}$` : value.$match
      expect(String(answer[i])).toMatch(new RegExp(pattern))
    }
    for (const name of Object.keys(expected.outside ?? {})) {
      expect(lua.compile(`return ${name}`).call()).toEqual([undefined])
    }
  })
})
