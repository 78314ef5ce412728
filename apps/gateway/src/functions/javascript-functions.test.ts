import type { CompileOptions } from '@postern/exit-transformer'
import { ENDOWMENTS } from '@postern/sandbox'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createJavaScriptFunctions, type JavaScriptFunctions } from './javascript-functions.ts'
import { createJavaScriptHost, type JavaScriptHost } from './javascript-host.ts'
import { publicExampleCases } from './public-examples.cases.ts'
import {
  answerOf,
  caseRequest,
  type CaseRequest,
  expectedAnswer,
  logLines,
  type RunningCase,
} from './run-case.ts'
import { seedFunctionCases } from './seeds.cases.ts'

let host: JavaScriptHost
let functions: JavaScriptFunctions
const console = logLines()

beforeAll(() => {
  host = createJavaScriptHost({ mode: 'sandbox', endowments: ENDOWMENTS.sandbox, log: console.log })
  functions = createJavaScriptFunctions(host)
})
afterAll(() => host.close())

/** Long enough for a busy machine: deadlines have tests of their own. */
const OPTIONS: CompileOptions = {
  name: 'exit-transformer[1]',
  language: 'javascript',
  timeoutMs: 2000,
  isShadow: false,
}

async function run(
  source: string,
  request: CaseRequest = {},
  options: Partial<CompileOptions> = {},
) {
  const fn = functions.compile(source, { ...OPTIONS, ...options }, 'javascript')
  const at: RunningCase = caseRequest(request)
  const exit = await at.reduce(fn, { status: 401, body: { message: 'no key' } })
  return { at, exit, fn }
}

async function valueOf(expression: string, request: CaseRequest) {
  const { at, exit } = await run(`(s, b, h, exit) => [s, { value: ${expression} }, h]`, request)
  expect(at.lines).toEqual([])
  return (exit.body as { value?: unknown }).value
}

describe.each([...seedFunctionCases, ...publicExampleCases])('$name', ({ javascript, rows }) => {
  it.each(rows.filter((row) => row.only !== 'lua'))('$title', async (row) => {
    const fn = functions.compile(javascript, OPTIONS, 'javascript')
    const at = caseRequest({ headers: row.request })
    expect(answerOf(await at.reduce(fn, row.exit), row)).toEqual(expectedAnswer(row))
    const failures = at.lines.filter((line) => line.startsWith('err '))
    expect(failures).toHaveLength(row.fails === undefined ? 0 : 1)
  })
})

describe('what a JavaScript function is given', () => {
  it('hands nothing over as undefined', async () => {
    const fn = functions.compile(
      '(s, b, h) => [s, { types: [typeof b, typeof h] }]',
      OPTIONS,
      'javascript',
    )
    const exit = await caseRequest({}).reduce(fn, { status: 401 })
    expect(exit).toMatchObject({ body: { types: ['undefined', 'undefined'] } })
  })

  it('keeps an empty array an array', async () => {
    const fn = functions.compile('(s, b, h) => [200, { was: b }, h]', OPTIONS, 'javascript')
    const exit = await caseRequest({}).reduce(fn, { status: 401, body: '[]' })
    expect(exit).toMatchObject({ status: 200, body: { was: [] } })
  })

  it.each([
    ['exit.reason', 'plugin.exit'],
    ['exit.source', 'exit'],
    ['exit.plugin', 'refuser'],
    ['exit.requestId', 'cafe'],
    ['exit.request.accept', 'text/html'],
    ['exit.request.headers.authorization', 'REDACTED'],
    ['exit.route.name', 'r'],
    ['exit.consumer === undefined', true],
  ])('%s is %s', async (expression, value) => {
    const headers = { Accept: 'text/html', Authorization: 'Basic x' }
    expect(await valueOf(expression, { headers })).toEqual(value)
  })
})

describe('kong in a JavaScript function', () => {
  const request = { headers: { Accept: 'text/html', X_A: '1' }, target: '/a/b?x=1&y' }

  it.each([
    ['kong.request.getMethod()', 'GET'],
    ['kong.request.get_method()', 'GET'],
    ['kong.request.getPath()', '/a/b'],
    ['kong.request.getHeader("ACCEPT")', 'text/html'],
    ['kong.request.get_header("accept")', 'text/html'],
    ['kong.request.getHeader("constructor")', undefined],
    ['typeof kong.client.getConsumer()', 'undefined'],
    ['kong.request.getHeaders().accept', 'text/html'],
    ['kong.request.getHeaderValues("accept")', ['text/html']],
    ['kong.request.getQueryArg("x")', '1'],
    ['kong.client.getProtocol()', 'http'],
    ['(({ request: { getPath } }) => getPath())(kong)', '/a/b'],
    ['kong.request.getQuery().y', true],
    ['kong.client.getIp()', '127.0.0.1'],
    ['kong.router.getRoute().name', 'r'],
    ['kong.router.get_service().id', 'service-1'],
    ['kong.response.getStatus()', 200],
    ['kong.service.request === undefined', false],
    ['typeof kong.configuration', 'object'],
    ['typeof kong.db', 'undefined'],
    ['typeof kong.response.exit', 'function'],
  ])('%s is %s', async (expression, value) => {
    expect(await valueOf(expression, request)).toEqual(value)
  })

  it('sets headers of the response once the function has returned', async () => {
    const { at } = await run(`(s, b, h) => {
      kong.response.setHeader('X-A', '1')
      kong.response.add_header('X-A', '2')
      return [s, b, h]
    }`)
    expect(at.ctx.response.headers.getAll('x-a')).toEqual(['1', '2'])
  })

  it('does nothing for a function that failed', async () => {
    const { at } = await run(`() => { kong.response.setHeader('X-A', '1'); throw new Error('x') }`)
    expect(at.ctx.response.headers.has('x-a')).toBe(false)
  })

  it('does nothing in a shadow', async () => {
    const source = `(s, b, h) => {
      kong.response.setHeader('X-A', '1')
      kong.ctx.shared.x = 1
      return [s, b, h]
    }`
    const { at } = await run(source, {}, { isShadow: true })
    expect(at.ctx.response.headers.has('x-a')).toBe(false)
    expect(at.ctx.shared).toEqual({})
  })

  it('logs a call that the gateway refuses, and keeps the answer', async () => {
    const { at, exit } = await run(`(s, b, h) => {
      kong.response.setStatus(99)
      return [418, b, h]
    }`)
    expect(exit.status).toBe(418)
    expect(at.lines).toEqual([expect.stringContaining('kong.response.set_status: code must be')])
  })

  it('carries kong.ctx.shared there and back', async () => {
    const fn = functions.compile(
      `(s, b, h) => {
        kong.ctx.shared.n = (kong.ctx.shared.n ?? 0) + 1
        delete kong.ctx.shared.gone
        return [s, { n: kong.ctx.shared.n }, h]
      }`,
      OPTIONS,
      'javascript',
    )
    const at = caseRequest({})
    const keep = () => 1
    Object.assign(at.ctx.shared, { gone: 1, keep })
    await at.reduce(fn, { status: 401 })
    const exit = await at.reduce(fn, { status: 401 })
    expect(exit).toMatchObject({ body: { n: 2 } })
    expect(at.ctx.shared).toEqual({ n: 2, keep })
  })

  it('logs under the plugin, in order', async () => {
    const { at } = await run(`() => { kong.log.warn('a', 1); kong.log('b') }`)
    expect(at.lines).toEqual(['warn a1', 'notice b'])
  })

  it.each(['kong.response.exit(200)', 'kong.response.error(500)'])('refuses %s', async (call) => {
    const { at, exit } = await run(`() => { ${call} }`)
    expect(exit.status).toBe(401)
    expect(at.lines).toEqual([expect.stringContaining('return the answer instead')])
  })

  it.each([
    ['ends a function that calls it without end', '() => { for (;;) kong.log("x") }'],
    [
      'gives away no constructor',
      `() => [200, kong.request.getMethod.constructor('return process')()]`,
    ],
    ['refuses a header name that is an object', '() => { kong.request.getHeader({}) }'],
  ])('%s', async (_, source) => {
    const { at, exit } = await run(source)
    expect(exit.status).toBe(401)
    expect(at.lines).toHaveLength(1)
  })
})

describe('limits of a JavaScript function', () => {
  it('end an endless loop, and the next call is served', async () => {
    const { at, exit } = await run('() => { for (;;) {} }', {}, { timeoutMs: 50 })
    expect(exit.status).toBe(401)
    expect(at.lines).toEqual([expect.stringContaining('was ended and was skipped')])
    expect(at.counters).toMatchObject({ calls: 1, kills: 1, failures: 0 })
    expect((await run('() => [418]')).exit.status).toBe(418)
  })

  it('tell the place in the source of what was thrown', async () => {
    const { at } = await run('(s, b) => {\n  return b.x.y\n}')
    expect(at.lines).toEqual([expect.stringMatching(/exit-transformer\[1\]:2:\d+: .*undefined/)])
  })
})

describe('forms of a source', () => {
  it.each([
    '(s, b, h) => [418, b, h]',
    'async (s, b, h) => [418, b, h]',
    'function (s, b, h) { return [418, b, h] }',
    'export default (s, b, h) => [418, b, h]',
    'const status = 418\nexport default (s, b, h) => [status, b, h]',
    'return (s, b, h) => [418, b, h]',
    '// with a comment\nreturn (s, b, h) => [418, b, h];',
    '(s) => ({ status: 418 })',
  ])('%s', async (source) => {
    expect((await run(source)).exit.status).toBe(418)
  })

  it('TypeScript', async () => {
    const fn = functions.compile(
      '(status: number, body: { message: string }) => [418 as number, body]',
      { ...OPTIONS, language: 'typescript' },
      'typescript',
    )
    expect(await caseRequest({}).reduce(fn, { status: 401 })).toMatchObject({ status: 418 })
  })
})
