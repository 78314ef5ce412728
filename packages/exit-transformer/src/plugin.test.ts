import { type Exit, HeaderList } from '@postern/pdk-response'
import {
  compilePlugins,
  createPhaseContext,
  type NodeFacts,
  type PhaseContext,
  type Plugin,
  type PluginInstance,
  runExitHooks,
  runPhase,
} from '@postern/plugin-runtime'
import { checkRecord } from '@postern/schema'
import { describe, expect, it } from 'vitest'
import { answerOfJavaScript } from './exit-answer.ts'
import type { CompileOptions, ExitFunctionEngine } from './exit-function-engine.ts'
import { countersOf, createExitTransformerPlugin } from './plugin.ts'
import type { ExitTransformerConfig } from './schema.ts'

const service = { id: 'service-1', name: 'svc' }
const route = { id: 'route-1', name: 'r' }

/** An engine whose sources are the bodies of JavaScript functions: the simplest that runs any. */
function bodyEngine(compiled: CompileOptions[] = []): ExitFunctionEngine {
  return {
    check: (source) => (source.includes('@') ? "1:1: unexpected '@'" : undefined),
    compile: (source, options) => {
      if (source.includes('@')) throw new Error("1:1: unexpected '@'")
      compiled.push(options)
      // oxlint-disable-next-line typescript/no-implied-eval
      const run = new Function('s', 'b', 'h', 'exit', 'kong', source)
      return (input, context, kong) => {
        const body = structuredClone(input.body)
        const returned = run(input.status, body, { ...input.headers }, context, kong)
        if (!(returned instanceof Promise)) return answerOfJavaScript(returned, input)
        return returned.then((later: unknown) => answerOfJavaScript(later, input))
      }
    },
  }
}

const node: NodeFacts = {
  id: '00000000-0000-4000-8000-000000000001',
  hostname: 'here',
  version: '0.1.0',
  configuration: {},
  isTrusted: () => false,
  hasUpstream: () => false,
  loadConsumer: () => undefined,
}

function refuser(exit: (kong: Parameters<NonNullable<Plugin['access']>>[0]) => void): Plugin {
  return {
    name: 'refuser',
    version: '0.1.0',
    priority: 5,
    schema: { fields: { config: { type: 'record', fields: {} } } },
    access: (kong) => exit(kong),
  }
}

interface SetUp {
  readonly config: Partial<ExitTransformerConfig> & { readonly functions: readonly string[] }
  readonly bound?: Partial<Pick<PluginInstance, 'route' | 'service' | 'consumer'>>
  readonly headers?: readonly string[]
  readonly secretNames?: readonly string[]
  readonly isTraced?: boolean
}

function gateway({ config, bound = {}, headers = [], secretNames = [], isTraced }: SetUp) {
  const lines: string[] = []
  const plugin = createExitTransformerPlugin(bodyEngine(), {
    secretNames: () => secretNames,
    ...(isTraced !== undefined && { isTraced: () => isTraced }),
  })
  const checked = checkRecord(plugin.schema, { config })
  if (!checked.ok) throw new Error(JSON.stringify(checked.violations))
  const own = checked.value as { config: ExitTransformerConfig; protocols: string[] }
  const refusing = refuser((kong) =>
    kong.response.exit(401, { message: 'no key' }, { 'WWW-Authenticate': 'Key' }),
  )
  const chains = compilePlugins(
    [
      instanceOf({ ...own, ...bound, name: plugin.name }),
      instanceOf({ config: {}, protocols: ['http'], name: refusing.name }),
    ],
    new Map<string, Plugin>([
      [plugin.name, plugin],
      [refusing.name, refusing],
    ]),
  )
  const ctx = createPhaseContext({
    chains,
    node,
    log: logInto(lines),
    request: requestOf(headers),
  })
  return { ctx, lines, chains }
}

function instanceOf(parts: Partial<PluginInstance> & { name: string }): PluginInstance {
  return {
    id: `${parts.name}-1`,
    config: {},
    enabled: true,
    protocols: ['http'],
    route: null,
    service: null,
    consumer: null,
    ...parts,
  }
}

function logInto(lines: string[]) {
  const at =
    (level: string) =>
    (...values: readonly unknown[]): void =>
      void lines.push(`${level} ${values.join('')}`)
  return {
    debug: at('debug'),
    info: at('info'),
    notice: at('notice'),
    warn: at('warn'),
    err: at('err'),
    crit: at('crit'),
    alert: at('alert'),
    emerg: at('emerg'),
  }
}

function requestOf(headers: readonly string[]) {
  return {
    id: 'cafe',
    method: 'GET',
    target: '/a?apikey=secret&x=1',
    rawPath: '/a',
    rawQuery: 'apikey=secret&x=1',
    path: '/a',
    httpVersion: 1.1,
    scheme: 'http' as const,
    host: 'example.com',
    port: 8000,
    headers: HeaderList.fromRaw([...headers]),
    peerAddress: '127.0.0.1',
    peerPort: 1,
    clientAddress: '127.0.0.1',
    clientPort: 1,
    localPort: 8000,
    startedAtMs: 0,
    sni: undefined,
  }
}

/** A request on a Route that a plugin refuses. */
function refused(setUp: SetUp) {
  const made = gateway(setUp)
  made.ctx.route = route as PhaseContext['route']
  made.ctx.service = service as PhaseContext['service']
  void runPhase(made.ctx, 'access')
  return { ...made, answer: runExitHooks(made.ctx, made.ctx.exit as Exit) }
}

function coreExit(parts: Partial<Exit>): Exit {
  return {
    status: 404,
    body: '{"message":"no Route matched with those values"}',
    headers: { 'Content-Type': 'application/json; charset=utf-8' },
    source: 'exit',
    kind: 'ordinary',
    reason: 'router.no_route',
    message: 'no Route matched with those values',
    phase: 'access',
    plugin: undefined,
    ...parts,
  }
}

describe('createExitTransformerPlugin()', () => {
  it("has Kong's name and priority", () => {
    const plugin = createExitTransformerPlugin(bodyEngine())
    expect(plugin).toMatchObject({ name: 'exit-transformer', priority: 9999 })
  })

  it('passes the exit of a plugin through the functions', () => {
    const { answer } = refused({ config: { functions: ['return [418, { was: b.message }, h]'] } })
    expect(answer).toMatchObject({
      status: 418,
      body: { was: 'no key' },
      headers: { 'WWW-Authenticate': 'Key' },
      reason: expect.any(String),
      plugin: 'refuser',
    })
  })

  it('tells functions name, timeout, language and mode when they are compiled', () => {
    const compiled: CompileOptions[] = []
    const plugin = createExitTransformerPlugin(bodyEngine(compiled))
    const config = checkRecord(plugin.schema, {
      config: { functions: ['', ''].map(() => 'return'), mode: 'shadow', language: 'javascript' },
    })
    if (!config.ok) throw new Error('not accepted')
    const instance = instanceOf({ name: plugin.name, ...(config.value as object) })
    void plugin.prepare?.(instance.config as ExitTransformerConfig, instance as never)
    const same = { language: 'javascript', timeoutMs: 50, isShadow: true }
    expect(compiled).toEqual([
      { name: 'exit-transformer[1]', ...same },
      { name: 'exit-transformer[2]', ...same },
    ])
  })

  it('refuses to publish a function that does not compile, with its index', () => {
    const plugin = createExitTransformerPlugin(bodyEngine())
    const config = { functions: ['return', '@'] } as unknown as ExitTransformerConfig
    const publish = () => plugin.prepare?.(config, instanceOf({ name: plugin.name }) as never)
    expect(publish).toThrow(
      expect.objectContaining({
        code: 'POSTERN_EXIT_TRANSFORMER_FUNCTION_INVALID',
        message:
          'function 2 of plugin "exit-transformer-1" cannot be compiled: 1:1: unexpected \'@\'',
      }),
    )
  })

  it("logs a failing function under the plugin's name and keeps the exit", () => {
    const { answer, lines, ctx } = refused({ config: { functions: ['return b.x.y'] } })
    expect(answer).toMatchObject({ status: 401, body: { message: 'no key' } })
    expect(lines).toEqual([
      expect.stringMatching(
        /^err \[exit-transformer\] exit-transformer\[1\] failed and was skipped/,
      ),
    ])
    const prepared = ctx.plugins.plugins.find((one) => one.name === 'exit-transformer')?.prepared
    expect(countersOf(prepared)).toMatchObject([{ calls: 1, failures: 1, kills: 0, changed: 0 }])
  })

  it('gives functions the reason and the request, with secrets redacted', () => {
    const { answer } = refused({
      config: { functions: ['return [200, exit.toJSON()]'] },
      secretNames: ['X-My-Key'],
      headers: [
        'Authorization',
        'Basic x',
        'Cookie',
        'a=b',
        'x_my_key',
        'secret',
        'Accept',
        'text/html',
        'Accept-Language',
        'de',
      ],
    })
    expect(answer).toMatchObject({
      body: {
        source: 'exit',
        phase: 'access',
        plugin: 'refuser',
        requestId: 'cafe',
        request: {
          method: 'GET',
          scheme: 'http',
          host: 'example.com',
          path: '/a',
          query: { apikey: 'REDACTED', x: '1' },
          headers: { authorization: 'REDACTED', cookie: 'REDACTED', accept: 'text/html' },
          accept: 'text/html',
          acceptLanguage: 'de',
        },
        route: { id: 'route-1', name: 'r' },
        service: { id: 'service-1', name: 'svc' },
      },
    })
    expect(JSON.stringify(answer)).not.toMatch(/secret|Basic x|a=b/)
  })

  // kind, Route known, config, bound to the Route, reached
  const unknown = { handle_unknown: true }
  const unexpected = { handle_unexpected: true }
  it.each<[Exit['kind'], boolean, Partial<ExitTransformerConfig>, boolean, boolean]>([
    ['ordinary', true, {}, true, true],
    ['ordinary', false, {}, false, true],
    ['unknown', false, {}, false, false],
    ['unknown', false, unknown, false, true],
    ['unexpected', true, unexpected, true, true],
    ['unexpected', true, {}, true, false],
    ['unexpected', false, unexpected, false, false],
    ['unexpected', false, { ...unknown, ...unexpected }, false, true],
  ])('%s, Route known %s, %j, bound %s: reached %s', (kind, known, switches, isBound, reached) => {
    const { ctx } = gateway({
      config: { functions: ['return [418, b, h]'], ...switches },
      bound: isBound ? { route: { id: route.id } } : {},
    })
    if (known) {
      ctx.route = route as PhaseContext['route']
      ctx.service = service as PhaseContext['service']
      void runPhase(ctx, 'access')
    }
    const answer = runExitHooks(ctx, coreExit({ kind }))
    expect(answer).toMatchObject({ status: reached ? 418 : 404 })
  })

  it('stays synchronous with synchronous functions', () => {
    const { answer } = refused({ config: { functions: ['return [402, b, h]'] } })
    expect(answer).not.toBeInstanceOf(Promise)
  })

  it('waits for functions that answer later', async () => {
    const { answer } = refused({ config: { functions: ['return Promise.resolve([402, b, h])'] } })
    expect(answer).toBeInstanceOf(Promise)
    expect(await answer).toMatchObject({ status: 402 })
  })
})

describe('mode shadow', () => {
  it('logs what would change and leaves the Exit', () => {
    const { answer, lines, ctx } = refused({
      config: { functions: ['return [418, { a: 1 }, { "X-A": "1" }]'], mode: 'shadow' },
    })
    expect(answer).toMatchObject({ status: 401, body: { message: 'no key' } })
    expect(lines).toHaveLength(1)
    const [, json] = /^notice \[exit-transformer\] shadow: (.*)$/.exec(lines[0] ?? '') ?? []
    expect(JSON.parse(json ?? '')).toEqual({
      reason: ctx.exit?.reason,
      status: { from: 401, to: 418 },
      body: {
        changes: [
          { path: '/message', from: 'no key' },
          { path: '/a', to: 1 },
        ],
      },
      headers: { added: { 'X-A': '1' }, removed: { 'WWW-Authenticate': 'Key' } },
    })
  })

  it('logs nothing when nothing would change', () => {
    const { lines } = refused({ config: { functions: ['return [s, b, h]'], mode: 'shadow' } })
    expect(lines).toEqual([])
  })

  it('does not wait for functions that answer later', async () => {
    const { answer, lines } = refused({
      config: { functions: ['return Promise.resolve([418, b, h])'], mode: 'shadow' },
    })
    expect(answer).not.toBeInstanceOf(Promise)
    await new Promise((resolve) => setImmediate(resolve))
    expect(lines).toEqual([expect.stringContaining('"status":{"from":401,"to":418}')])
  })
})

describe('a 401 that loses its WWW-Authenticate', () => {
  it('is told once for each publication', () => {
    const { ctx, lines } = refused({ config: { functions: ['return [401, b, {}]'] } })
    const again = runExitHooks(
      ctx,
      coreExit({ status: 401, headers: { 'WWW-Authenticate': 'Key' } }),
    )
    expect(again).toMatchObject({ status: 401 })
    expect(lines).toEqual([expect.stringMatching(/^warn .*WWW-Authenticate/)])
  })

  it('is not told when the header stays', () => {
    const { lines } = refused({ config: { functions: ['return [401, { a: 1 }, h]'] } })
    expect(lines).toEqual([])
  })
})

describe('a 401 that would lose its WWW-Authenticate in shadow mode', () => {
  it('is told beforehand', () => {
    const { lines, answer } = refused({
      config: { functions: ['return [401, b, {}]'], mode: 'shadow' },
    })
    expect(lines).toContainEqual(expect.stringMatching(/^warn .*would take WWW-Authenticate off/))
    expect(answer).toMatchObject({ headers: { 'WWW-Authenticate': 'Key' } })
  })
})

describe('the trace of a request', () => {
  const functions = [
    'return [418, { message: b.message, key: kong.request.getHeader("x-my-key") }, h]',
    'return',
    'throw new Error(kong.request.getHeader("x-my-key"))',
  ]
  const headers = ['X-My-Key', 's3cr3t-value']
  const secretNames = ['X-My-Key']

  function traceOf({ ctx }: { ctx: PhaseContext }): string | undefined {
    return ctx.response.headers.get('X-Postern-Exit-Trace')
  }

  it('is not there unless it is asked for', () => {
    expect(traceOf(refused({ config: { functions } }))).toBeUndefined()
    expect(traceOf(refused({ config: { functions }, isTraced: false }))).toBeUndefined()
  })

  it('tells which function changed what, without values', () => {
    const made = refused({ config: { functions }, headers, secretNames, isTraced: true })
    const text = traceOf(made) ?? ''
    expect(JSON.parse(text)).toEqual([
      {
        function: 'exit-transformer[1]',
        outcome: 'changed',
        ms: expect.any(Number),
        status: [401, 418],
        body: ['/key'],
      },
      { function: 'exit-transformer[2]', outcome: 'unchanged', ms: expect.any(Number) },
      {
        function: 'exit-transformer[3]',
        outcome: 'failed',
        ms: expect.any(Number),
        problem: 'failed: REDACTED',
      },
    ])
    expect(made.answer).toMatchObject({ status: 418, body: { key: 's3cr3t-value' } })
  })

  it('is waited for in shadow mode too, and tells what would change', async () => {
    const { answer, ctx } = refused({
      config: { functions: ['return Promise.resolve([418, b, {}])'], mode: 'shadow' },
      isTraced: true,
    })
    expect(await answer).toMatchObject({ status: 401 })
    expect(JSON.parse(traceOf({ ctx }) ?? '')).toMatchObject([
      { outcome: 'changed', status: [401, 418], headers: ['WWW-Authenticate'] },
    ])
  })

  it('is not there for an Exit that does not reach the functions', () => {
    const { ctx } = gateway({ config: { functions: ['return [418]'] }, isTraced: true })
    void runExitHooks(ctx, coreExit({ kind: 'unknown' }))
    expect(traceOf({ ctx })).toBeUndefined()
  })
})
