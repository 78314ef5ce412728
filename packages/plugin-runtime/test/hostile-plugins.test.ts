// What plugins can do wrong, in any phase: each row is one of them, with what the client gets and
// what the operator reads. A plugin of another name runs after it and must not be harmed.
import { canHaveBody, type Exit, EXIT_SIGNAL, renderExit } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
import {
  type Handlers,
  type Kong,
  type PhaseContext,
  runBodyFilter,
  runExitHooks,
  runPhase,
} from '../src/index.ts'
import { testContext, testPlugin } from './test-context.ts'

type Answering = 'rewrite' | 'access' | 'response' | 'header_filter'
const ANSWERING: readonly Answering[] = ['rewrite', 'access', 'response', 'header_filter']

type Does = (kong: Kong, ctx: PhaseContext) => unknown

async function hostile(phase: Answering | 'log' | 'preread', does: Does, timeoutMs = 20) {
  const ran: string[] = []
  let ctx: PhaseContext | undefined
  const handlers = { [phase]: (kong: Kong) => does(kong, ctx as PhaseContext) }
  const later: Handlers<unknown> = {
    [phase]: () => void ran.push(phase),
    log: () => void ran.push('log'),
  }
  const made = testContext({
    plugins: [testPlugin('hostile', handlers, 2), testPlugin('later', later, 1)],
    phaseTimeoutMs: timeoutMs,
  })
  ctx = made.ctx
  await runPhase(ctx, phase)
  const exit = ctx.exit
  if (phase !== 'log') await runPhase(ctx, 'log')
  return { ctx, exit, ran, lines: made.lines }
}

const swallow = (call: () => unknown): void => {
  try {
    call()
  } catch {
    // A plugin with a catch-all.
  }
}

const never = (): Promise<never> => new Promise(() => undefined)

interface Row {
  readonly what: string
  readonly does: Does
  /** Of the Exit, in each phase that can answer; undefined: the request goes on. */
  readonly status: number | undefined
  /** Where header_filter is another matter: there an exit returns. */
  readonly inHeaderFilter?: number | undefined
  readonly logged?: RegExp
  /** Whether the plugin after it runs in that phase. */
  readonly goesOn?: boolean
}

const FAILED = /^err: \[hostile\] \w+ failed: /

const ROWS: readonly Row[] = [
  { what: 'throws', does: () => thrown(new Error('x')), status: 500, logged: FAILED },
  { what: 'throws nothing', does: () => thrown(undefined), status: 500, logged: FAILED },
  {
    what: 'throws an error whose stack cannot be read',
    does: () => thrown(Object.defineProperty(new Error('x'), 'stack', { get: () => thrown(1) })),
    status: 500,
    logged: FAILED,
  },
  {
    what: 'throws a proxy that refuses everything',
    does: () => thrown(new Proxy({}, { get: () => thrown(1), getPrototypeOf: () => thrown(2) })),
    status: 500,
    logged: FAILED,
  },
  { what: 'rejects', does: () => Promise.reject(new Error('x')), status: 500, logged: FAILED },
  { what: 'never settles', does: never, status: 500, logged: /has not ended after 20 ms/ },
  {
    what: 'settles twice',
    does: () => thenable((done) => [done(), done()]),
    status: undefined,
    goesOn: true,
  },
  {
    what: 'answers something with a then that throws',
    does: () => thenable(() => thrown(new Error('x'))),
    status: 500,
    logged: FAILED,
  },
  {
    what: 'answers something with a then that never calls back',
    does: () => thenable(() => undefined),
    status: 500,
    logged: /has not ended/,
  },
  {
    what: 'exits twice',
    does: (kong) => {
      swallow(() => kong.response.exit(401))
      kong.response.exit(402)
    },
    status: 401,
    inHeaderFilter: 402,
  },
  {
    what: 'swallows the exit signal',
    does: (kong) => swallow(() => kong.response.exit(401)),
    status: 401,
  },
  {
    what: 'swallows the exit signal and answers a promise that never settles',
    does: (kong) => {
      swallow(() => kong.response.exit(401))
      return never()
    },
    status: 401,
    inHeaderFilter: 500,
    logged: /has not ended/,
  },
  {
    what: 'throws after an exit',
    does: (kong) => {
      swallow(() => kong.response.exit(401))
      throw new Error('x')
    },
    status: 401,
    inHeaderFilter: 500,
    logged: FAILED,
  },
  {
    what: 'throws the exit signal without an exit',
    does: () => thrown(EXIT_SIGNAL),
    status: 500,
    inHeaderFilter: undefined,
  },
  {
    what: 'exits after the head was sent',
    does: (kong, ctx) => {
      ctx.response.headSent = true
      kong.response.exit(401)
    },
    status: 500,
    logged: /headers have already been sent/,
  },
  {
    what: 'changes the exit signal',
    does: () => Object.assign(EXIT_SIGNAL, { name: 'x' }),
    status: 500,
    logged: FAILED,
  },
  {
    what: 'sets a header of more than a megabyte',
    does: (kong) => kong.response.setHeader('X-Huge', 'x'.repeat(1 << 20)),
    status: 500,
    logged: /got 1048582 characters, expected at most 1048576/,
  },
  {
    what: 'sets a header of half a megabyte, and ten thousand headers',
    does: (kong) => {
      kong.response.setHeader('X-Large', 'x'.repeat(1 << 19))
      for (let i = 0; i < 10_000; i++) kong.response.addHeader('X-Many', String(i))
    },
    status: undefined,
    goesOn: true,
  },
  {
    what: 'sets a header that would end the head',
    does: (kong) => kong.response.setHeader('X-A', 'a\r\nX-Evil: 1\r\n\r\n<html>'),
    status: undefined,
    goesOn: true,
  },
  ...(
    [
      ['status', (kong) => kong.response.exit('200' as never)],
      ['status', (kong) => kong.response.exit(Number.NaN)],
      ['status', (kong) => kong.response.exit(1e9)],
      ['body', (kong) => kong.response.exit(200, true as never)],
      ['body', (kong) => kong.response.exit(200, () => 1)],
      ['headers', (kong) => kong.response.exit(200, 'x', 'x' as never)],
      ['header value', (kong) => kong.response.exit(200, 'x', { a: (() => 1) as never })],
      ['header name', (kong) => kong.response.setHeader(Symbol('s') as never, 'x')],
      ['log key', (kong) => kong.log.setSerializeValue({} as never, 1)],
      ['cache key', (kong) => kong.cache.get({} as never)],
    ] satisfies [string, Does][]
  ).map(
    ([type, does]): Row => ({
      what: `gives a ${type} of the wrong type (${does})`,
      does,
      status: 500,
      logged: FAILED,
    }),
  ),
]

describe('a plugin that', () => {
  const cases = ROWS.flatMap((row) => ANSWERING.map((phase) => ({ ...row, phase })))

  it.each(cases)('$what in $phase', async (row) => {
    const isFilter = row.phase === 'header_filter' && 'inHeaderFilter' in row
    const status = isFilter ? row.inHeaderFilter : row.status
    const { ctx, exit, ran, lines } = await hostile(row.phase, row.does)
    expect(exit?.status).toBe(status)
    if (row.logged !== undefined) expect(lines.join('\n')).toMatch(row.logged)
    if (status === 500) expect(exit).toMatchObject({ kind: 'unexpected', plugin: 'hostile' })
    if (row.goesOn === true) expect(ran).toContain(row.phase)
    // Whatever it did, the answer can be written, and the log phase of the others runs.
    if (exit !== undefined) expect(() => renderExit(exit, ctx)).not.toThrow()
    expect(ctx.response.headers.toRaw().join('')).not.toMatch(/[\r\n]/)
    expect(ran.at(-1)).toBe('log')
  })

  it.each(ROWS.filter(({ logged }) => logged === FAILED))(
    '$what in log is only logged',
    async ({ does }) => {
      const { ctx, exit, lines } = await hostile('log', does)
      expect([exit, ctx.phase, lines.length]).toEqual([undefined, 'log', 1])
    },
  )
})

describe('a plugin in preread that', () => {
  it.each<readonly [what: string, does: Does, exit: Partial<Exit>]>([
    ['exits with 200', (kong) => kong.response.exit(200, 'x'), { status: 200, body: 'x' }],
    [
      'gives headers, which are ignored',
      (kong) => kong.response.exit(403, 'x', { a: 'b' }),
      { status: 403, headers: undefined },
    ],
    ['gives a table', (kong) => kong.response.exit(200, {}), { status: 500, kind: 'unexpected' }],
    ['gives 404', (kong) => kong.response.exit(404), { status: 500, kind: 'unexpected' }],
    ['calls error', (kong) => kong.response.error(500), { status: 500, kind: 'unexpected' }],
    ['throws', () => thrown(new Error('x')), { status: 500, kind: 'unexpected' }],
    ['never settles', never, { status: 500, reason: 'plugin.timeout' }],
  ])('%s', async (_, does, exit) => {
    const made = await hostile('preread', does)
    expect(made.exit).toMatchObject(exit)
    expect(made.ran).toEqual(['log'])
  })
})

describe('a plugin in body_filter that', () => {
  it.each<readonly [what: string, does: Does, logged: RegExp]>([
    ['throws', () => thrown(new Error('x')), /body_filter failed: Error: x/],
    ['exits', (kong) => kong.response.exit(200), /cannot be called in body_filter phase/],
    ['sets a header', (kong) => kong.response.setHeader('a', 'b'), /cannot be called/],
    ['answers a promise', () => Promise.reject(new Error('x')), /answered a promise/],
    ['never settles', never, /answered a promise/],
    ['gives a number for a body', (kong) => kong.response.setRawBody(5 as never), /string/],
  ])('%s ends the connection, and says why', (_, does, logged) => {
    const handlers = { body_filter: (kong: Kong) => does(kong, made.ctx) } as Handlers<unknown>
    const made = testContext({ plugins: [testPlugin('hostile', handlers)] })
    expect(() => runBodyFilter(made.ctx, Buffer.from('x'), false)).toThrow()
    expect(made.lines.join()).toMatch(logged)
  })
})

describe('an exit handler that', () => {
  const exit = { status: 401, body: 'no', headers: undefined } as Exit

  it.each<readonly [what: string, does: (kong: Kong) => unknown, status: number]>([
    ['throws', () => thrown(new Error('x')), 401],
    ['throws a proxy', () => thrown(new Proxy({}, { getPrototypeOf: () => thrown(2) })), 401],
    ['rejects', () => Promise.reject(new Error('x')), 401],
    ['never settles', never, 401],
    ['answers nothing', () => undefined, 401],
    ['answers a text', () => 'ok', 401],
    ['answers a status that is none', () => ({ status: 99 }), 401],
    ['answers a status that is a text', () => ({ status: '200' }), 401],
    ['exits', (kong) => kong.response.exit(418), 418],
    ['answers another Exit', () => ({ ...exit, status: 403 }), 403],
  ])('%s leaves an Exit', async (_, does, status) => {
    const handlers = { exit: (kong: Kong) => does(kong) } as never
    const { ctx } = testContext({
      plugins: [testPlugin('hostile', handlers)],
      phaseTimeoutMs: 20,
    })
    ctx.exit = exit
    const sent = await runExitHooks(ctx, exit)
    expect(sent.status).toBe(status)
    expect(canHaveBody('GET', sent.status)).toBe(true)
  })
})

function thrown(value: unknown): never {
  throw value
}

/** Something like a promise. */
function thenable(then: (done: () => void) => unknown): object {
  return Object.fromEntries([[['th', 'en'].join(''), then]])
}
