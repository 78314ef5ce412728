import { afterEach, describe, expect, it } from 'vitest'
import { createFunctionHost, ENDOWMENTS } from '../src/index.ts'
import { closeAll, open, outcome } from './open-hosts.ts'

afterEach(closeAll)

const NAMES = ['atob', 'btoa', 'URL', 'URLSearchParams', 'crypto'] as const

const USES = `(text) => {
  const answers = {}
  const uses = {
    now: () => typeof Date.now(),
    date: () => new Date(0).toISOString(),
    random: () => typeof Math.random(),
    names: () => ${JSON.stringify(NAMES)}.filter((name) => name in globalThis),
  }
  for (const [name, use] of Object.entries(uses)) {
    try { answers[name] = use() } catch (error) { answers[name] = error.name }
  }
  return answers
}`

describe('endowments', () => {
  const date = '1970-01-01T00:00:00.000Z'
  it.each([
    { endowments: 'strict', answer: { now: 'TypeError', date, random: 'TypeError', names: [] } },
    { endowments: 'sandbox', answer: { now: 'number', date, random: 'number', names: [] } },
    { endowments: 'lax', answer: { now: 'number', date, random: 'number', names: [...NAMES] } },
    {
      endowments: ['atob'],
      answer: { now: 'TypeError', date, random: 'TypeError', names: ['atob'] },
    },
  ] as const)('of $endowments', async ({ endowments, answer }) => {
    const host = await open({ endowments })
    const fn = host.compile(USES, { name: 'uses', timeoutMs: 1_000 })
    expect(await outcome(fn.call([]))).toEqual(answer)
  })

  it('of lax work as those of Node', async () => {
    const host = await open({ endowments: ENDOWMENTS.lax })
    const run = (source: string): Promise<unknown> =>
      outcome(host.compile(source, { name: 'fn', timeoutMs: 1_000 }).call([]))
    expect(await run(`() => [atob(btoa('a:b')), btoa('a')]`)).toEqual(['a:b', 'YQ=='])
    expect(await run(`() => crypto.randomUUID().length`)).toBe(36)
    const source = `() => {
      const url = new URL('/x?a=1&a=2#h', 'https://u:p@example.com:8443')
      url.searchParams.append('b', 'c d')
      url.pathname = '/y'
      return [String(url), url.port, url.searchParams.getAll('a'), URL.canParse('no'), { url }]
    }`
    const href = 'https://u:p@example.com:8443/y?a=1&a=2&b=c+d#h'
    expect(await run(source)).toEqual([href, '8443', ['1', '2'], false, { url: href }])
  })

  it.each([
    `URL.constructor('return process')()`,
    `new URL('a:b').constructor.constructor('return process')()`,
    `URL.prototype.href = 1`,
    `URL.canParse.constructor('return this')()`,
    `crypto.randomUUID = 1`,
    `new URL('nonsense')`,
    `Object.getOwnPropertyDescriptor(URL.prototype, 'href').get.call({})`,
    `new URLSearchParams(URLSearchParams.prototype)`,
  ])('of lax throw in %s', async (expression) => {
    const host = await open({ endowments: 'lax' })
    const fn = host.compile(`() => { ${expression} }`, { name: 'fn', timeoutMs: 1_000 })
    expect(await outcome(fn.call([]))).toBe('POSTERN_SANDBOX_THREW')
  })

  it.each(['new URL("nonsense")', 'new URL("a:b").href = "x"', 'atob("%")'])(
    'of lax throw no objects of Node: %s',
    async (expression) => {
      const host = await open({ endowments: 'lax' })
      const source = `() => {
        try { ${expression} } catch (e) { return [e.constructor === TypeError, Object.keys(e)] }
      }`
      const fn = host.compile(source, { name: 'fn', timeoutMs: 1_000 })
      expect(await outcome(fn.call([]))).toEqual([true, []])
    },
  )

  it.each(['atob(s)', 'btoa(s)', 'new URL("a:" + s)', 'new URLSearchParams(s)'])(
    'of lax are charged: %s',
    async (expression) => {
      const host = await open({ endowments: 'lax' })
      const source = `(s) => { for (let i = 0; i < 50; i++) ${expression} }`
      const fn = host.compile(source, { name: 'fn', timeoutMs: 5_000, steps: 1_000_000 })
      expect(await outcome(fn.call(['x'.repeat(80_000)]))).toBe('POSTERN_SANDBOX_BUDGET')
    },
  )
})

describe('state()', () => {
  it('tells processes, functions and which are switched off until when', async () => {
    const host = createFunctionHost({ mode: 'sandbox', spares: 0, breaker: { kills: 1 } })
    try {
      const attack = host.compile('() => /^(a|a)*\\1b$/.test("a".repeat(60))', {
        name: 'attack',
        timeoutMs: 50,
      })
      const fine = host.compile('() => 1', { name: 'fine', timeoutMs: 1_000 })
      await fine.call([])
      const before = Date.now()
      expect(await outcome(attack.call([]))).toBe('POSTERN_SANDBOX_TIMEOUT')
      expect(await outcome(attack.call([]))).toBe('POSTERN_SANDBOX_SWITCHED_OFF')
      await fine.call([])
      const state = host.state()
      expect(JSON.parse(JSON.stringify(state))).toEqual(state)
      expect(state).toEqual({
        processes: [{ pid: host.pid, isReady: true, calls: 0 }],
        waiting: 0,
        ended: 1,
        functions: [
          {
            name: 'attack',
            calls: 2,
            kills: 1,
            recentKills: 0,
            switchedOffUntilMs: expect.any(Number) as number,
          },
          { name: 'fine', calls: 2, kills: 0, recentKills: 0, switchedOffUntilMs: null },
        ],
      })
      const until = state.functions[0]?.switchedOffUntilMs ?? 0
      expect(until).toBeGreaterThan(before + 29_000)
      expect(until).toBeLessThanOrEqual(Date.now() + 30_001)
    } finally {
      await host.close()
    }
  })
})
