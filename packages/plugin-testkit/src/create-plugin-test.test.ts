import { definePlugin, type Handlers, type Kong, type Plugin } from '@postern/plugin-runtime'
import { describe, expect, it } from 'vitest'
import { createPluginTest, type PluginTestOptions } from './index.ts'

type Config = Readonly<Record<string, unknown>>

const schema = {
  fields: {
    config: {
      type: 'record',
      required: true,
      fields: { word: { type: 'string', required: true, default: 'hello' } },
    },
  },
} as const

function plugin(handlers: Handlers<Config>, name = 'tested', priority = 10): Plugin {
  return definePlugin({ name, version: '1.0.0', priority, schema, ...handlers })
}

const test = (handlers: Handlers<Config>, options: PluginTestOptions = {}) =>
  createPluginTest(plugin(handlers), options)

describe('the configuration', () => {
  it('gets the defaults of the schema', () => {
    expect(test({}).config).toEqual({ word: 'hello' })
    expect(test({}, { config: { word: 'hi' } }).config).toEqual({ word: 'hi' })
  })

  it.each<readonly [string, PluginTestOptions, string]>([
    ['a wrong type', { config: { word: 5 } }, 'configuration of tested'],
    ['an unknown field', { config: { wrod: 'x' } }, 'unknown field'],
    ['no configuration', { config: 'x' }, 'configuration of tested'],
    ['a wrong Route', { route: { paths: ['x'] } }, 'Route of the test is not valid'],
    ['a wrong Service', { service: { host: 'a b' } }, 'Service of the test is not valid'],
    ['a Consumer without a name', { consumer: {} }, 'Consumer of the test is not valid'],
  ])('is refused with %s', (_, options, message) => {
    expect(() => test({}, options)).toThrow(message)
  })

  it('is prepared once, for all requests', async () => {
    let prepared = 0
    const counting = createPluginTest({
      ...plugin({ access: (kong, _config, value) => kong.response.exit(200, String(value)) }),
      prepare: () => ++prepared,
    })
    expect((await counting.run()).body).toBe('1')
    expect((await counting.run()).body).toBe('1')
  })
})

describe('run()', () => {
  it('runs the phases in order', async () => {
    const ran: string[] = []
    const says = (name: string) => () => void ran.push(name)
    const handlers = Object.fromEntries(
      ['rewrite', 'access', 'header_filter', 'body_filter', 'log', 'preread'].map((name) => [
        name,
        says(name),
      ]),
    )
    await test(handlers, {
      upstream: () => {
        ran.push('upstream')
        return { chunks: ['a', 'b'] }
      },
    }).run()
    expect(ran).toEqual([
      'rewrite',
      'access',
      'upstream',
      'header_filter',
      'body_filter',
      'body_filter',
      'body_filter',
      'log',
    ])
  })

  it('answers what the client got and what the Service got', async () => {
    const result = await test(
      {
        access: (kong, { word }) => kong.service.request.setHeader('X-Word', String(word)),
        header_filter: (kong) => kong.response.setHeader('X-Seen', 'yes'),
      },
      {
        service: { host: 'books.test', port: 8080, path: '/v1' },
        upstream: ({ body }) => ({ status: 201, body: { got: body.toString() } }),
      },
    ).run({ path: '/a?b=c', body: 'hi', headers: { 'X-Own': ['1', '2'] } })
    expect(result).toMatchObject({ status: 201, body: '{"got":"hi"}', source: 'service' })
    expect(result.json()).toEqual({ got: 'hi' })
    expect(result.headers.get('x-seen')).toBe('yes')
    expect(result.service).toMatchObject({ method: 'POST', path: '/v1/a', query: 'b=c' })
    expect(result.service?.headers.getAll('x-own')).toEqual(['1', '2'])
    expect(result.service?.headers.get('host')).toBe('books.test:8080')
    expect(result.service?.headers.get('x-word')).toBe('hello')
    expect(result.exit).toBeUndefined()
  })

  it('keeps a header set in access ahead of the same one of the Service', async () => {
    const result = await test(
      { access: (kong) => kong.response.setHeader('X-A', 'own') },
      { upstream: { headers: { 'X-A': 'theirs' } } },
    ).run()
    expect(result.headers.getAll('x-a')).toEqual(['own', 'theirs'])
  })

  it('gives a response handler the whole response', async () => {
    const result = await test(
      {
        response(kong) {
          kong.response.exit(200, `<${kong.service.response.getRawBody().toString()}>`)
        },
      },
      { upstream: { chunks: ['a', 'b'] } },
    ).run()
    expect(result.body).toBe('<ab>')
    expect(result.exit?.phase).toBe('response')
  })

  it.each(['rewrite', 'access'] as const)('ends with an Exit of %s', async (phase) => {
    const result = await test({ [phase]: (kong: never) => exit(kong) }).run()
    expect(result).toMatchObject({ status: 403, body: '{"message":"no"}', source: 'exit' })
    expect(result.exit).toMatchObject({ phase, plugin: 'tested' })
    expect(result.service).toBeUndefined()
  })

  it('lets an Exit pass the exit handlers', async () => {
    const result = await test({
      access: exit,
      exit: (_kong, _config, out) => ({ ...out, status: 451, body: 'x' }),
    }).run()
    expect(result).toMatchObject({ status: 451, body: 'x', exit: { status: 451 } })
  })

  it('runs other plugins in the same request', async () => {
    const other = plugin({ access: (kong) => void (kong.ctx.shared['by'] = 'other') }, 'other', 20)
    const result = await test(
      { access: (kong) => kong.response.exit(200, String(kong.ctx.shared['by'])) },
      { others: [{ plugin: other }] },
    ).run()
    expect(result.body).toBe('other')
    expect(result.shared).toEqual({ by: 'other' })
  })

  it('does not run rewrite for an instance bound to a Route', async () => {
    const handlers: Handlers<Config> = { rewrite: exit }
    expect((await test(handlers, { boundTo: 'route' }).run()).status).toBe(200)
    expect((await test(handlers).run()).status).toBe(403)
  })

  it('knows the Consumer, and what it proved itself with', async () => {
    const result = await test(
      {
        access: (kong) =>
          kong.response.exit(200, [kong.client.getConsumer(), kong.client.getCredential()]),
      },
      { consumer: { username: 'ada' }, credential: { id: '7' }, boundTo: 'consumer' },
    ).run()
    expect(result.json()).toMatchObject([{ username: 'ada' }, { id: '7' }])
  })

  it('tells the time of the clock, and no other', async () => {
    const clock = { nowMs: 1_000_000 }
    const serialized: unknown[] = []
    const handlers: Handlers<Config> = {
      access(kong) {
        kong.ctx.shared.kept = kong.cache.get('k', { ttl: 60 }, () => clock.nowMs)
        clock.nowMs += 10
      },
      header_filter: () => void (clock.nowMs += 3),
      log: (kong) => void serialized.push(kong.log.serialize(), kong.nginx.reqStartTime()),
    }
    const slow = test(handlers, {
      clock: () => clock.nowMs,
      upstream: () => {
        clock.nowMs += 200
        return {}
      },
    })
    expect((await slow.run()).shared.kept).toBe(1_000_000)
    expect(serialized).toEqual([
      expect.objectContaining({
        started_at: 1_000_000,
        latencies: { kong: 13, proxy: 200, request: 213, receive: 3 },
      }),
      1000,
    ])
    expect((await slow.run()).shared.kept).toBe(1_000_000)
    clock.nowMs += 60_000
    expect((await slow.run()).shared.kept).toBe(1_060_426)
  })

  it.each([
    { fault: 'refused', proxy: -1 },
    { fault: 'dns', proxy: -1 },
  ] as const)('has no time of a Service with the fault $fault', async ({ fault, proxy }) => {
    const seen: unknown[] = []
    const log: Handlers<Config>['log'] = (kong) => void seen.push(kong.log.serialize().latencies)
    await test({ log }, { clock: () => 5, upstream: { fault } }).run()
    expect(seen).toEqual([{ kong: 0, proxy, request: 0, receive: 0 }])
  })

  it('begins when the clock says', async () => {
    const handlers: Handlers<Config> = {
      access: (kong) => kong.response.exit(200, String(kong.request.getStartTime())),
    }
    expect((await test(handlers, { clock: () => 1234 }).run()).body).toBe('1234')
  })

  it.each([
    [{ route: null }, 404, 'exit'],
    [{ service: null }, 503, 'exit'],
    [{ upstream: { fault: 'dns' } }, 503, 'exit'],
    [{ upstream: { fault: 'refused' } }, 502, 'error'],
    [{ upstream: { fault: 'timeout' } }, 504, 'error'],
  ] as const)('answers %j as a gateway does: %i', async (options, status, source) => {
    expect(await test({}, options).run()).toMatchObject({ status, source })
  })
})

describe('a plugin that fails', () => {
  const broken = () => {
    throw new Error('broken')
  }

  it('is answered for with a 500 in access, and logged', async () => {
    const result = await test({ access: broken }).run()
    expect(result).toMatchObject({ status: 500, source: 'error' })
    expect(result.logs).toContainEqual(
      expect.objectContaining({ level: 'err', text: expect.stringContaining('broken') as string }),
    )
  })

  it('has cut the connection in body_filter', async () => {
    const result = await test({ body_filter: broken }, { upstream: { body: 'x' } }).run()
    expect(result).toMatchObject({ closed: true, body: '' })
  })

  it.each([100, 199, 600, 200.5, Number.NaN])(
    'is told when the Service answers %d',
    async (status) => {
      await expect(test({}, { upstream: { status } }).run()).rejects.toMatchObject({
        code: 'POSTERN_TESTKIT_SERVICE_NOT_HTTP',
      })
    },
  )
})

describe('a body that must not be sent', () => {
  it.each([
    ['HEAD', 200],
    ['GET', 204],
    ['GET', 304],
  ])('is not, for %s and %i', async (method, status) => {
    expect((await test({}, { upstream: { status, body: 'x' } }).run({ method })).body).toBe('')
  })

  it('has no length when a plugin makes a 204 of the response', async () => {
    const header_filter: Handlers<Config>['header_filter'] = (kong) => kong.response.setStatus(204)
    const result = await test({ header_filter }, { upstream: { body: 'x' } }).run()
    expect([result.status, result.headers.has('content-length')]).toEqual([204, false])
  })
})

describe('runStream()', () => {
  it.each([
    [200, 'bye', ''],
    [500, '', 'unable to proxy stream connection, status: 500, err: bye'],
  ])('ends a connection with %i', async (status, output, logged) => {
    const result = await test({ preread: (kong) => kong.response.exit(status, 'bye') }).runStream()
    expect(result).toMatchObject({ status, output })
    expect(result.logs.map(({ text }) => text).join()).toBe(logged)
  })

  it('lets a connection through', async () => {
    const result = await test({ preread: () => undefined }).runStream()
    expect(result).toMatchObject({ status: 200, output: '', exit: undefined })
  })
})

describe('open()', () => {
  it('opens a request in which functions are called by hand', () => {
    const { ctx } = test({}).open({ headers: { 'X-A': 'b' } })
    ctx.phase = 'access'
    expect(ctx.kong.request.getHeader('x-a')).toBe('b')
    expect(() => ctx.kong.response.getStatus()).toThrow('cannot be called in access phase')
  })
})

function exit(kong: { response: { exit(status: number, body: object): unknown } }): void {
  kong.response.exit(403, { message: 'no' })
}

describe('start()', () => {
  const worker = (ran: unknown[]): Handlers<Config> & Partial<Plugin> => ({
    init_worker: (kong) => void ran.push(['init_worker', kong.node.getHostname()]),
    configure: (configs) => void ran.push(['configure', configs]),
    rewrite: () => void ran.push('rewrite'),
    preread: () => void ran.push('preread'),
  })
  const started = (handlers: Partial<Plugin>, options: PluginTestOptions = {}) =>
    createPluginTest({ ...plugin({}), ...handlers }, options)
  const STARTED = [
    ['init_worker', 'localhost'],
    ['configure', [{ word: 'hello' }]],
  ]

  it('is run once, ahead of the first request', async () => {
    const ran: unknown[] = []
    const one = started(worker(ran))
    await Promise.all([one.run(), one.run()])
    await one.start()
    expect(ran).toEqual([...STARTED, 'rewrite', 'rewrite'])
  })

  it('is run ahead of a TCP connection as well, and not by open()', async () => {
    const ran: unknown[] = []
    const one = started(worker(ran))
    one.open()
    expect(ran).toEqual([])
    await one.runStream()
    expect(ran).toEqual([...STARTED, 'preread'])
  })

  it('starts the other plugins too, and shares what they keep', async () => {
    const other = {
      ...plugin({}, 'other', 20),
      init_worker: (kong: Kong<'init_worker'>) => void kong.cache.safeSet('k', 'kept'),
    }
    const one = test(
      { access: (kong) => kong.response.exit(200, kong.cache.get<string, []>('k')) },
      { others: [{ plugin: other }] },
    )
    expect((await one.run()).body).toBe('kept')
  })

  it('tells what failed, at the start and with each request', async () => {
    const broken = started({
      init_worker: () => {
        throw new Error('no')
      },
      configure: () => Promise.reject(new Error('never')),
    })
    const { failed, logs } = await broken.start()
    expect(failed).toEqual(['tested'])
    expect(logs.map(({ level, text }) => `${level}: ${text.split('\n')[0]}`)).toEqual([
      'err: [tested] init_worker failed: Error: no',
      "err: failed to execute plugin 'tested:configure (Error: never",
    ])
    const served = await broken.run()
    expect([served.status, served.logs]).toEqual([
      200,
      [{ level: 'alert', text: 'init_worker of tested failed' }],
    ])
  })
})

describe('phaseTimeoutMs', () => {
  const never = (): Promise<void> => new Promise(() => undefined)

  it('ends a handler that does not end', async () => {
    const { status, logs } = await test({ access: never }, { phaseTimeoutMs: 10 }).run()
    expect([status, logs.map(({ text }) => text.includes('has not ended after 10 ms'))]).toEqual([
      500,
      [true],
    ])
  })

  it('counts at the start as well', async () => {
    const one = createPluginTest({ ...plugin({}), init_worker: never }, { phaseTimeoutMs: 10 })
    expect((await one.start()).failed).toEqual(['tested'])
  })
})
