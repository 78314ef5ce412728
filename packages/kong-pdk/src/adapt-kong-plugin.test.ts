import { createPluginTest, type PluginTestOptions, type TestRequest } from '@postern/plugin-testkit'
import { describe, expect, it } from 'vitest'
import { adaptKongPlugin, isKongPlugin } from './index.ts'

/** The names on the way from kong to a function, as far as they occur here. */
type Name =
  | 'ctx'
  | 'debug'
  | 'error'
  | 'exit'
  | 'get'
  | 'getBody'
  | 'getFoo'
  | 'getHeader'
  | 'getHost'
  | 'getMethod'
  | 'getPath'
  | 'getPort'
  | 'getQuery'
  | 'getQueryArg'
  | 'getRawBody'
  | 'getRoute'
  | 'getStatus'
  | 'getSubsystem'
  | 'getVar'
  | 'get_body'
  | 'get_ctx'
  | 'get_header'
  | 'get_var'
  | 'log'
  | 'nginx'
  | 'plugin'
  | 'request'
  | 'response'
  | 'router'
  | 'serialize'
  | 'service'
  | 'set'
  | 'setCtx'
  | 'setHeader'
  | 'setRawBody'
  | 'setUpstream'
  | 'shared'
  | 'vault'

interface Callable {
  (...args: unknown[]): Promise<unknown>
}
type Kong = Callable & { readonly [Step in Name]: Kong }
type Handler = (this: { config: Record<string, unknown> }, kong: Kong) => unknown

/** A plugin of the usual form. */
function kongPlugin(handlers: Record<string, Handler>, more: object = {}) {
  class Plugin {
    readonly config: unknown
    constructor(config: unknown) {
      this.config = config
    }
  }
  Object.assign(Plugin.prototype, handlers)
  return { Plugin, ...more }
}

function run(
  handlers: Record<string, Handler>,
  request: TestRequest = {},
  options: PluginTestOptions = {},
) {
  const plugin = adaptKongPlugin(kongPlugin(handlers), { fileName: '/plugins/Tested.js' })
  return createPluginTest(plugin, options).run(request)
}

/** What some calls answer, in access. */
async function answersIn(access: Handler, request: TestRequest = {}) {
  let answers: unknown
  const handlers: Record<string, Handler> = {
    async access(kong) {
      answers = await access.call(this, kong)
    },
  }
  await run(handlers, request)
  return answers
}

describe('isKongPlugin()', () => {
  const plugin = kongPlugin({ access: () => undefined })
  it.each([
    ['what CommonJS exports', plugin, true],
    ['a module with CommonJS in it', { default: plugin }, true],
    ['a default export that a compiler made', { default: { default: plugin } }, true],
    ['nothing', undefined, false],
    ['null', null, false],
    ['text', 'Plugin', false],
    ['an empty module', {}, false],
    ['a plugin of Postern', { default: { name: 'x', priority: 1, schema: {} } }, false],
    ['a Plugin that is no class', { Plugin: { access: () => undefined } }, false],
    ['a Plugin that is an arrow function', { Plugin: () => undefined }, false],
    ['a class three levels down', { default: { default: { default: plugin } } }, false],
  ])('tells of %s', (_, module, expected) => {
    expect(isKongPlugin(module)).toBe(expected)
  })
})

describe('adaptKongPlugin()', () => {
  const named = (more: object, fileName = '/plugins/My-Plugin.js') =>
    adaptKongPlugin(kongPlugin({ access: () => undefined }, more), { fileName })

  it.each([
    [{ Name: 'Some-Name' }, '/plugins/other.js', 'some-name'],
    [{}, '/plugins/My-Plugin.js', 'my-plugin'],
    [{}, './ts-hello.ts', 'ts-hello'],
    [{}, 'C:\\plugins\\js-hello.cjs', 'js-hello'],
    [{}, '/plugins/folder/', 'folder'],
    [{}, '@scope/js-goodbye', 'js-goodbye'],
    [{}, 'v1.2', 'v1.2'],
    [{ Name: '' }, '/plugins/x.mts', 'x'],
  ])('names %j of %s %s', (more, fileName, name) => {
    expect(named(more, fileName).name).toBe(name)
  })

  it.each([
    [{}, '0.0.0', 0],
    [{ Version: '1.2.0', Priority: 1000 }, '1.2.0', 1000],
    [{ Version: 0.1, Priority: -5 }, '0.1', -5],
    [{ Priority: null }, '0.0.0', 0],
  ])('reads version and priority of %j', (more, version, priority) => {
    expect(named(more)).toMatchObject({ version, priority })
  })

  it.each([
    [{ Priority: '10' }, 'Priority is "10", expected a number'],
    [{ Priority: Number.NaN }, 'Priority is null'],
    [{ Schema: 'x' }, 'not valid at Schema: expected a list'],
  ])('refuses %j', (more, message) => {
    expect(() => named(more)).toThrow(message)
  })

  it('refuses a module without a class, and a class without a handler', () => {
    const adapt = (module: unknown) => () => adaptKongPlugin(module, { fileName: 'x.js' })
    expect(adapt({})).toThrow('it exports no class as "Plugin"')
    expect(adapt(kongPlugin({ helper: () => undefined }))).toThrow('Plugin has none of certificate')
  })

  it('takes handlers from the prototype, inherited ones too, and not from fields', () => {
    class Base {
      log(): void {}
    }
    class Plugin extends Base {
      access = (): void => undefined
      async response(): Promise<void> {}
      header_filter(): void {}
    }
    const plugin = adaptKongPlugin({ Plugin }, { fileName: 'x.js' })
    expect(
      Object.keys(plugin).filter((key) => typeof Reflect.get(plugin, key) === 'function'),
    ).toEqual(['prepare', 'response', 'log'])
  })

  it('makes one instance for each configuration, with the fields that are set', async () => {
    let made = 0
    class Plugin {
      readonly config: Record<string, unknown>
      calls = 0
      constructor(config: Record<string, unknown>) {
        made++
        this.config = config
      }
      async access(kong: Kong): Promise<void> {
        await kong.response.exit(200, [this.config, ++this.calls, 'unset' in this.config])
      }
    }
    const Schema = [
      { message: { type: 'string', default: 'hello' } },
      { unset: { type: 'string' } },
      { inner: { type: 'record', fields: [{ a: { type: 'number' } }, { b: { type: 'number' } }] } },
    ]
    const test = createPluginTest(adaptKongPlugin({ Plugin, Schema }, { fileName: 'x.js' }), {
      config: { inner: { a: 1 } },
    })
    const config = { message: 'hello', inner: { a: 1 } }
    expect((await test.run()).json()).toEqual([config, 1, false])
    expect((await test.run()).json()).toEqual([config, 2, false])
    expect(made).toBe(1)
  })

  it('keeps what an instance does to its configuration away from the gateway', () => {
    class Plugin {
      constructor(config: { list: string[] }) {
        config.list.push('changed')
      }
      access(): void {}
    }
    const Schema = [{ list: { type: 'array', elements: { type: 'string' }, default: [] } }]
    const test = createPluginTest(adaptKongPlugin({ Plugin, Schema }, { fileName: 'x.js' }))
    expect(test.config).toEqual({ list: [] })
  })
})

describe('kong of a kong-pdk plugin', () => {
  const request: TestRequest = {
    path: '/hello?a=1&a=2&flag',
    headers: { Host: 'api.test', 'X-One': '1', Cookie: ['a', 'b'] },
    body: { greeting: 'hi' },
  }
  const facts: readonly (readonly [string, (kong: Kong) => unknown, unknown])[] = [
    ['camelCase', (kong) => kong.request.getHeader('x-one'), '1'],
    ['snake_case', (kong) => kong.request.get_header('x-one'), '1'],
    ['a nil', (kong) => kong.request.getHeader('x-two'), undefined],
    ['a number', (kong) => kong.request.getPort(), 8000],
    ['true', (kong) => kong.request.getQueryArg('flag'), true],
    ['a table', (kong) => kong.request.getQuery(), { a: ['1', '2'], flag: true }],
    ['the first of several values', (kong) => kong.request.getQuery(1), { a: '1' }],
    ['fields of a body', (kong) => kong.request.getBody(), { greeting: 'hi' }],
    ['nil for nil and a message', (kong) => kong.request.getBody('text/plain'), undefined],
    [
      'the same, when it has to wait',
      (kong) => kong.request.get_body(FORM, 1),
      { '{"greeting":"hi"}': true },
    ],
    ['true of a function without an answer', (kong) => kong.service.setUpstream('none'), undefined],
    ['the names below service', (kong) => kong.service.request.setRawBody('x'), undefined],
    ['a function of log', (kong) => kong.log.debug('x'), undefined],
    ['log itself', (kong) => kong.log('x', 1), undefined],
    ['nginx.getVar', (kong) => kong.nginx.getVar('request_uri'), '/hello?a=1&a=2&flag'],
    ['nginx.get_var of a header', (kong) => kong.nginx.get_var('http_x_one'), '1'],
    ['nginx.getVar of an argument', (kong) => kong.nginx.getVar('arg_a'), '1'],
    ['nginx.getVar of another', (kong) => kong.nginx.getVar('connection'), undefined],
    ['nginx.getSubsystem', (kong) => kong.nginx.getSubsystem(), 'http'],
  ]
  const FORM = 'application/x-www-form-urlencoded'

  it.each(facts)('answers a promise of %s', async (_, call, expected) => {
    const answers = await answersIn((kong) => {
      const answer = call(kong)
      expect(answer).toBeInstanceOf(Promise)
      return answer
    }, request)
    expect(answers).toEqual(expected)
  })

  it('answers calls that run side by side', async () => {
    const answers = await answersIn(
      (kong) => Promise.all([kong.request.getMethod(), kong.request.getHost()]),
      request,
    )
    expect(answers).toEqual(['POST', 'api.test'])
  })

  it('answers functions that were taken out of it', async () => {
    const answers = await answersIn((kong) => {
      const { getPath } = kong.request
      return getPath()
    }, request)
    expect(answers).toBe('/hello')
  })

  it('can itself be awaited, printed and serialized', async () => {
    const answers = await answersIn(async (kong) => [
      typeof (await Promise.resolve<unknown>(kong)),
      typeof (await Promise.resolve<unknown>(kong.request)),
      JSON.stringify({ kong }),
    ])
    expect(answers).toEqual(['function', 'function', '{}'])
  })

  it('keeps values in kong.ctx and kong.nginx for the request', async () => {
    const kept = { a: new Map([[1, 2]]) }
    const answers = await answersIn(async (kong) => {
      await kong.ctx.shared.set('k', kept)
      await kong.nginx.setCtx('k', 'n')
      await kong.ctx.plugin.set('__proto__', 'p')
      return [
        await kong.ctx.shared.get('k'),
        await kong.nginx.get_ctx('k'),
        await kong.ctx.plugin.get('__proto__'),
        await kong.ctx.shared.get('constructor'),
      ]
    })
    expect(answers).toEqual([kept, 'n', 'p', undefined])
  })

  it('answers copies, so that a plugin cannot change what others see', async () => {
    const options = { route: { name: 'r' }, service: { name: 's' } }
    const changes: Handler = async (kong) => {
      const route = (await kong.router.getRoute()) as { name: string }
      const before = route.name
      route.name = 'changed'
      await kong.response.exit(
        200,
        `${before} ${((await kong.router.getRoute()) as { name: string }).name}`,
      )
    }
    expect((await run({ access: changes }, {}, options)).body).toBe('r r')
  })

  it('answers bodies as bytes that can be used as text', async () => {
    const answers = await answersIn(
      async (kong) => {
        const body = (await kong.request.getRawBody()) as string & Uint8Array
        return [Buffer.isBuffer(body), body.toUpperCase(), `${body}!`, body.length, body[0]]
      },
      { body: 'grüße' },
    )
    expect(answers).toEqual([true, 'GRÜSSE', 'grüße!', 7, 103])
  })

  it('serializes the request in log, without secrets', async () => {
    let line: unknown
    await run(
      {
        async log(kong) {
          line = JSON.parse((await kong.log.serialize()) as string)
        },
      },
      { path: '/a?b=1', headers: { Authorization: 'Basic x' } },
    )
    expect(line).toMatchObject({
      request: { uri: '/a?b=1', querystring: { b: '1' }, headers: { authorization: 'REDACTED' } },
      response: { status: 200 },
      client_ip: '127.0.0.1',
    })
  })
})

describe('kong.response.exit of a kong-pdk plugin', () => {
  const after: readonly (readonly [string, Handler])[] = [
    ['with return', (kong) => kong.response.exit(403, 'no')],
    ['with await', async (kong) => void (await kong.response.exit(403, 'no'))],
    ['with neither', (kong) => void kong.response.exit(403, 'no')],
    [
      'with code after it',
      async (kong) => {
        void kong.response.exit(403, 'no')
        await kong.response.exit(200, 'yes')
        await kong.response.setHeader('X-After', '1')
        await kong.service.request.setHeader('X-After', '1')
      },
    ],
    [
      'with a throw after it',
      async (kong) => {
        void kong.response.exit(403, 'no')
        throw new Error('after')
      },
    ],
    [
      'late',
      async (kong) => {
        await new Promise((resolve) => setImmediate(resolve))
        void kong.response.exit(403, 'no')
      },
    ],
    [
      'in a catch-all',
      async (kong) => {
        try {
          await kong.response.exit(403, 'no')
        } catch {
          await kong.response.exit(500)
        }
      },
    ],
  ]
  it.each(after)('ends the request %s', async (_, access) => {
    const result = await run({ access, log: () => undefined })
    expect([result.status, result.body, result.service]).toEqual([403, 'no', undefined])
    expect(result.headers.has('x-after')).toBe(false)
    expect(result.source).toBe('exit')
  })

  it('does not stop the code, and lets the handler end the phase', async () => {
    const order: string[] = []
    const other = adaptKongPlugin(kongPlugin({ access: () => void order.push('other') }), {
      fileName: 'a-later-one.js',
    })
    const access: Handler = async (kong) => {
      void kong.response.exit(403)
      await Promise.resolve()
      order.push('after exit')
    }
    await run({ access }, {}, { others: [{ plugin: other }] })
    expect(order).toEqual(['after exit'])
  })

  it('tells once that what was called after it is ignored', async () => {
    const plugin = kongPlugin({
      async access(kong) {
        void kong.response.exit(403)
        await kong.log('a')
        await kong.log('b')
      },
    })
    const test = createPluginTest(adaptKongPlugin(plugin, { fileName: 'x.js' }))
    const warnings = [...(await test.run()).logs, ...(await test.run()).logs].filter(
      ({ level }) => level === 'warn',
    )
    expect(warnings.map(({ text }) => text)).toEqual([
      expect.stringContaining('[x] kong.log was called after kong.response.exit'),
    ])
  })

  it.each([
    ['text', 'hi', 'hi', undefined],
    ['an object', { message: 'm' }, '{"message":"m"}', 'application/json'],
    ['nothing', undefined, '', undefined],
    ['bytes', new Uint8Array([104, 105]), 'hi', undefined],
  ])('sends %s', async (_, body, text, type) => {
    const result = await run({ access: (kong) => kong.response.exit(200, body) })
    expect([result.body, result.headers.get('content-type')?.split(';')[0]]).toEqual([text, type])
  })

  it('sends an error by kong.response.error', async () => {
    const result = await run({ access: (kong) => kong.response.error(400, 'bad') })
    expect([result.status, result.json()]).toMatchObject([400, { message: 'bad' }])
  })

  it('replaces the response of the Service, with the old status and a new body', async () => {
    const response: Handler = async (kong) => {
      const body = (await kong.service.response.getRawBody()) as string
      await kong.response.exit(await kong.response.getStatus(), body.toUpperCase(), {
        'X-Was': 'lower',
      })
    }
    const upstream = { status: 201, body: 'made' }
    const result = await run({ response }, {}, { upstream })
    expect([result.status, result.body, result.headers.get('x-was')]).toEqual([
      201,
      'MADE',
      'lower',
    ])
  })
})

describe('a failure in a kong-pdk plugin', () => {
  const failures: readonly (readonly [string, Handler, string])[] = [
    [
      'a throw',
      () => {
        throw new Error('oops')
      },
      'oops',
    ],
    ['a rejection', () => Promise.reject(new Error('oops')), 'oops'],
    [
      'a refused argument',
      async (kong) => void (await kong.request.getHeader(5)),
      'header name must be a string',
    ],
    ['one without await', (kong) => void kong.request.getHeader(5), 'header name must be a string'],
    [
      'text in place of a status',
      (kong) => void kong.response.exit('no', 403),
      'code must be a number',
    ],
    [
      'a wrong phase',
      (kong) => kong.response.getStatus(),
      'function cannot be called in access phase',
    ],
    [
      'an unknown function',
      (kong) => kong.response.getFoo(),
      'kong.response.getFoo is no function',
    ],
    ['an unknown namespace', (kong) => kong.vault.get('x'), 'kong.vault.get is no function'],
    ['a namespace that is called', (kong) => kong.request(), 'kong.request is no function'],
    [
      'a wrong phase for the log line',
      (kong) => kong.log.serialize(),
      'cannot be called in access phase',
    ],
  ]
  it.each(failures)('is answered for with a 500: %s', async (_, access, message) => {
    const result = await run({ access })
    expect([result.status, result.source]).toEqual([500, 'error'])
    expect(result.service).toBeUndefined()
    expect(result.logs.map(({ level, text }) => `${level} ${text}`).join()).toMatch(
      new RegExp(`err \\[tested\\] access failed: .*${message.replaceAll('.', '\\.')}`),
    )
  })

  it('can be caught', async () => {
    const result = await run({
      async access(kong) {
        const told = await kong.request.getHeader(5).catch((error: Error) => error.message)
        await kong.response.exit(200, told)
      },
    })
    expect([result.status, result.body]).toEqual([200, 'header name must be a string'])
  })

  it('does not reach the client from log', async () => {
    const result = await run({ log: () => Promise.reject(new Error('oops')) })
    expect([result.status, result.logs.length]).toEqual([200, 1])
  })

  it('is not seen when it comes after the end of the handler', async () => {
    let late: Promise<unknown> | undefined
    const result = await run({
      access(kong) {
        late = new Promise((resolve) => setImmediate(resolve)).then(() => kong.response.exit(500))
      },
    })
    await expect(late).resolves.toBeUndefined()
    expect([result.status, result.logs]).toEqual([200, []])
  })
})

describe('the phases of a kong-pdk plugin', () => {
  it('run in the order of a request, and buffer for response', async () => {
    const order: string[] = []
    const says = (name: string) => async () => void order.push(name)
    const phases = ['rewrite', 'access', 'response', 'log']
    await run(Object.fromEntries(phases.map((name) => [name, says(name)])))
    expect(order).toEqual(phases)
  })
})
