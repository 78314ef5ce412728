import { describe, expect, it } from 'vitest'
import { EXIT_SIGNAL, type Exit } from './exit.ts'
import { HeaderList } from './header-list.ts'
import { checkPhase, exceptIn, PDK_PHASES, type PdkPhase } from './phase.ts'
import { DEFAULT_RESPONSE_SETTINGS, type ResponseHost } from './response-host.ts'
import { ResponsePdk } from './response-pdk.ts'
import { createResponseState } from './response-state.ts'

function at(phase: PdkPhase, settings: Partial<ResponseHost['settings']> = {}) {
  const exits: Exit[] = []
  const host: ResponseHost = {
    phase,
    pluginName: 'test',
    request: { id: 'cafe', method: 'GET', httpVersion: 1.1, headers: new HeaderList() },
    response: createResponseState(),
    settings: { ...DEFAULT_RESPONSE_SETTINGS, ...settings },
    log: { warn: () => undefined },
    recordExit: (exit) => void exits.push(exit),
  }
  return { host, exits, response: new ResponsePdk(host) }
}

const GETTERS = 'response, header_filter, body_filter, log, error, admin_api'
const SETTERS = 'rewrite, access, balancer, response, header_filter, error, admin_api'

/** Every function, with arguments that are fine, and where it may be called. */
const FUNCTIONS: readonly (readonly [string, (pdk: ResponsePdk) => unknown, string])[] = [
  ['getStatus', (pdk) => pdk.getStatus(), GETTERS],
  ['getHeader', (pdk) => pdk.getHeader('a'), GETTERS],
  ['getHeaders', (pdk) => pdk.getHeaders(), GETTERS],
  ['getSource', (pdk) => pdk.getSource(), GETTERS],
  ['setStatus', (pdk) => pdk.setStatus(200), SETTERS],
  ['setHeader', (pdk) => pdk.setHeader('a', 'b'), SETTERS],
  ['addHeader', (pdk) => pdk.addHeader('a', 'b'), SETTERS],
  ['clearHeader', (pdk) => pdk.clearHeader('a'), SETTERS],
  ['setHeaders', (pdk) => pdk.setHeaders({}), SETTERS],
  ['error', (pdk) => pdk.error(500), SETTERS],
  ['getRawBody', (pdk) => pdk.getRawBody(), 'body_filter'],
  ['setRawBody', (pdk) => pdk.setRawBody(''), 'body_filter'],
]

describe('the phases of kong.response', () => {
  const matrix = FUNCTIONS.flatMap(([name, call, allowed]) =>
    PDK_PHASES.map((phase) => ({ name, call, allowed, phase })),
  )

  it.each(matrix)('$name in $phase', ({ call, allowed, phase }) => {
    const { response } = at(phase)
    if (allowed.split(', ').includes(phase)) {
      expect(leaves(() => call(response))).not.toBeInstanceOf(Error)
      return
    }
    expect(() => call(response)).toThrow(
      `function cannot be called in ${phase} phase (only in: ${allowed})`,
    )
  })

  it.each(PDK_PHASES)('exit in %s', (phase) => {
    const { response, exits } = at(phase)
    const left = leaves(() => response.exit(200))
    const isAllowed = SETTERS.split(', ').includes(phase) || phase === 'preread'
    expect(left instanceof Error).toBe(!isAllowed)
    expect(exits).toHaveLength(isAllowed ? 1 : 0)
  })

  it('names a phase that it does not know', () => {
    const { response } = at('lunch' as PdkPhase)
    expect(() => response.getStatus()).toThrow(
      `function cannot be called in 'unknown phase' phase (only in: ${GETTERS})`,
    )
  })

  it('says so where the host has not told any phase', () => {
    const { response } = at(undefined as unknown as PdkPhase)
    expect(() => response.getStatus()).toThrow(
      `no phase in ngx.ctx.KONG_PHASE, (need one of ${GETTERS})`,
    )
    expect(() => checkPhase(undefined as unknown as PdkPhase, exceptIn('init_worker'))).toThrow(
      /^no phase in ngx\.ctx\.KONG_PHASE$/,
    )
  })

  it.each(PDK_PHASES)('do not matter in %s to getSource() with a context of its own', (phase) => {
    const { host, response } = at(phase)
    host.response.proxied = true
    expect(response.getSource({})).toBe('service')
  })
})

describe('error()', () => {
  it.each([
    { accept: 'application/grpc', contentType: '', body: '' },
    { accept: 'application/grpc, text/html', contentType: '', body: '' },
    {
      accept: 'text/plain',
      contentType: 'text/plain; charset=utf-8',
      body: 'no\nrequest_id: cafe\n',
    },
  ])('sends the type $contentType to who accepts $accept', ({ accept, contentType, body }) => {
    const { host, exits, response } = at('access')
    host.request.headers.set('Accept', accept)
    leaves(() => response.error(403, 'no'))
    expect(exits[0]?.headers).toEqual({ 'Content-Type': contentType })
    expect(exits[0]?.body).toBe(body)
  })
})

describe('headers that no client would take', () => {
  const MIB = 1024 * 1024
  const long = (length: number) => 'v'.repeat(length)

  it.each([
    { what: 'a text', value: long(MIB - 3), over: long(MIB - 2) },
    { what: 'bytes', value: Buffer.alloc(MIB - 3, 'v'), over: Buffer.alloc(MIB - 2, 'v') },
    { what: 'a list', value: [long(MIB - 7), 'a'], over: [long(MIB - 7), 'ab'] },
    { what: 'many lines', value: Array<string>(1000).fill('v'), over: Array<string>(MIB).fill('') },
  ])('are refused from 1 MiB: $what', ({ value, over }) => {
    const calls = [
      (given: never) => at('access').response.setHeader('X-A', given),
      (given: never) => at('access').response.addHeader('X-A', given),
      (given: never) => at('access').response.setHeaders({ 'X-A': given }),
      (given: never) => at('access').response.exit(200, 'x', { 'X-A': given }),
      (given: never) => at('access').response.error(400, 'x', { 'X-A': given }),
    ]
    for (const call of calls) {
      expect([undefined, EXIT_SIGNAL]).toContain(leaves(() => call(value as never)))
      expect(leaves(() => call(over as never))).toMatchObject({
        code: 'POSTERN_PDK_HEADER_VALUE_INVALID',
        message: expect.stringMatching(
          /^invalid header value for "X-A": got \d+ characters, expected at most 1048576$/,
        ) as string,
      })
    }
  })

  it('are refused for their name as well', () => {
    const { response } = at('access')
    expect(() => response.setHeader(long(MIB), 'v')).toThrow(
      `for "${long(100)}": got ${MIB + 1} characters`,
    )
  })

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])(
    'are not those that have the name %s',
    (name) => {
      const { host, response } = at('access')
      response.setHeaders(JSON.parse(`{ ${JSON.stringify(name)}: "v" }`) as never)
      expect(host.response.headers.getAll(name.replaceAll('_', '-'))).toEqual(['v'])
    },
  )

  it('are all refused where one of them is, and none is set', () => {
    const { host, response } = at('access')
    expect(() => response.setHeaders({ 'X-A': '1', 'X-B': long(MIB) })).toThrow('for "X-B"')
    expect(host.response.headers.size).toBe(0)
  })
})

describe('exit()', () => {
  it('leaves with the one frozen signal, and a full Exit', () => {
    const { response, exits } = at('access')
    expect(leaves(() => response.exit(403.7, { message: 'no' }, { A: 'b' }))).toBe(EXIT_SIGNAL)
    expect(exits).toEqual([
      {
        status: 403,
        body: { message: 'no' },
        headers: { A: 'b' },
        source: 'exit',
        kind: 'ordinary',
        reason: 'plugin.exit',
        message: 'no',
        phase: 'access',
        plugin: 'test',
      },
    ])
    expect(Object.isFrozen(EXIT_SIGNAL)).toBe(true)
  })

  it.each([
    { body: 'text', message: 'text' },
    { body: '', message: undefined },
    { body: { message: 7 }, message: undefined },
    { body: [], message: undefined },
    { body: null, message: undefined },
  ])('tells the message $message of $body', ({ body, message }) => {
    const { response, exits } = at('access')
    leaves(() => response.exit(200, body))
    expect(exits[0]?.message).toBe(message)
    expect(exits[0]?.body).toBe(body ?? undefined)
  })

  it('takes a reason', () => {
    const { response, exits } = at('access')
    leaves(() => response.exit(401, undefined, undefined, { reason: 'key-auth.no_key' }))
    expect(exits[0]?.reason).toBe('key-auth.no_key')
  })

  it('records and returns for a handler that returns by itself', () => {
    const { response, exits } = at('access')
    expect(leaves(() => response.exit(200, '', {}, { leave: 'return' }))).toBeUndefined()
    expect(leaves(() => response.error(400, '', {}, { leave: 'return' }))).toBeUndefined()
    expect(exits.map((exit) => exit.status)).toEqual([200, 400])
  })

  it('returns in header_filter, and shows its status and headers at once', () => {
    const { response, exits } = at('header_filter')
    response.exit(418, 'tea', { 'X-A': '1' })
    expect([response.getStatus(), response.getHeader('x_a'), response.getSource()]).toEqual([
      418,
      '1',
      'exit',
    ])
    response.exit(403, 'no')
    expect(response.getStatus()).toBe(403)
    expect(exits.map((exit) => exit.status)).toEqual([418, 403])
  })

  it('ends header_filter where the setting says so', () => {
    const { response } = at('header_filter', { headerFilterExit: 'stop' })
    expect(leaves(() => response.exit(200))).toBe(EXIT_SIGNAL)
  })

  it.each([
    { args: [undefined], message: 'code must be a number' },
    { args: ['200'], message: 'code must be a number' },
    { args: [200n], message: 'code must be a number' },
    { args: [Number.NaN], message: 'code must be a number between 100 and 599' },
    { args: [Number.POSITIVE_INFINITY], message: 'code must be a number between 100 and 599' },
    { args: [99.9], message: 'code must be a number between 100 and 599' },
    { args: [599.1], message: 'code must be a number between 100 and 599' },
    { args: [200, 5], message: 'body must be a nil, string or table' },
    { args: [200, () => 1], message: 'body must be a nil, string or table' },
    { args: [200, 'x', 'y'], message: 'headers must be a nil or table' },
    { args: [200, 'x', ['y']], message: 'invalid header name "1": got number, expected string' },
    { args: [200, 'x', { '': 'y' }], message: 'invalid header name ""' },
    { args: [200, 'x', { A: null }], message: 'invalid header value for "A": got nil' },
  ])('refuses $args and records nothing', ({ args, message }) => {
    const { response, exits } = at('access')
    expect(() => callLoosely(response, 'exit', args)).toThrow(message)
    expect(exits).toEqual([])
  })

  it.each([
    [(pdk: ResponsePdk) => pdk.exit(200)],
    [(pdk: ResponsePdk) => pdk.error(500)],
    [(pdk: ResponsePdk) => pdk.setStatus(200)],
    [(pdk: ResponsePdk) => pdk.setHeader('a', 'b')],
    [(pdk: ResponsePdk) => pdk.addHeader('a', 'b')],
    [(pdk: ResponsePdk) => pdk.clearHeader('a')],
    [(pdk: ResponsePdk) => pdk.setHeaders({})],
  ])('refuses every change after the head was sent (%#)', (call) => {
    const { host, response, exits } = at('access')
    host.response.headSent = true
    expect(() => call(response)).toThrow('headers have already been sent')
    expect(exits).toEqual([])
  })
})

describe('error()', () => {
  it.each([
    { args: [399], message: 'code must be a number between 400 and 599' },
    { args: [600], message: 'code must be a number between 400 and 599' },
    { args: [500, 5], message: 'message must be a nil, a string or a table' },
    { args: [500, true], message: 'message must be a nil, a string or a table' },
    { args: [500, { n: 1n }], message: 'could not JSON encode the error message: ' },
    { args: [500, 'x', 5], message: 'headers must be a nil or table' },
  ])('refuses $args', ({ args, message }) => {
    const { response } = at('access')
    expect(() => callLoosely(response, 'error', args)).toThrow(message)
  })

  it.each([400, 599])('takes the status %i', (status) => {
    const { response, exits } = at('access')
    leaves(() => response.error(status))
    expect(exits[0]?.status).toBe(status)
  })

  it.each([
    { type: 'text/html', sent: 'text/html', body: '<p>no.</p>' },
    { type: 'text/plain; charset=utf-8', sent: 'text/plain; charset=utf-8', body: 'no\n' },
    { type: 'text/csv', sent: 'application/json; charset=utf-8', body: '"message":"no"' },
    { type: ['application/xml'], sent: 'application/xml', body: '<message>no</message>' },
    { type: ['application/xml', 'text/a'], sent: 'application/xml', body: '<message>no</message>' },
  ])('writes the form of a given Content-Type: $type', ({ type, sent, body }) => {
    for (const name of ['Content-Type', 'content-type', 'content_type']) {
      const { response, exits } = at('access')
      leaves(() => response.error(400, 'no', { [name]: type }))
      expect(Object.values(exits[0]?.headers ?? {})).toEqual([sent])
      expect(exits[0]?.body).toContain(body)
    }
  })

  it('does not change the headers it was given', () => {
    const { response } = at('access')
    const headers = Object.freeze({ A: 'b' })
    expect(leaves(() => response.error(400, 'no', headers))).toBe(EXIT_SIGNAL)
    expect(headers).toEqual({ A: 'b' })
  })
})

describe('headers', () => {
  it('finds and clears a header that goes out under another name', () => {
    const { response } = at('header_filter')
    response.setHeader('x_a b', 'v')
    expect(response.getHeader('X-A%20b')).toBe('v')
    response.clearHeader('x_a b')
    expect({ ...response.getHeaders() }).toEqual({})
  })

  it('never lets two Content-Types out', () => {
    const { response } = at('header_filter')
    response.addHeader('Content-Type', 'text/a')
    response.addHeader('content-type', 'text/b')
    expect(response.getHeaders()['content-type']).toBe('text/b')
  })

  it('ignores Transfer-Encoding in addHeader as well', () => {
    const { response } = at('header_filter')
    response.addHeader('transfer_encoding', 'chunked')
    expect(response.getHeader('transfer-encoding')).toBeUndefined()
  })
})

/** What a call left with: what it threw, or nothing. */
function leaves(call: () => unknown): unknown {
  try {
    call()
  } catch (error) {
    return error
  }
  return undefined
}

/** Calls a function with arguments that its types refuse, as JavaScript can. */
function callLoosely(
  response: ResponsePdk,
  name: 'exit' | 'error',
  args: readonly unknown[],
): void {
  const call = Reflect.get(response, name) as (...args: readonly unknown[]) => void
  call.apply(response, args as unknown[])
}
