import type { Exit } from '@postern/pdk-response'
import { type PhaseContext, runExitHooks, runPhase } from '@postern/plugin-runtime'
import { checkRecord } from '@postern/schema'
import { describe, expect, it } from 'vitest'
import {
  bodyEngine,
  coreExit,
  gateway,
  instanceOf,
  refused,
  route,
  service,
} from '../test/plugin-harness.ts'
import type { CompileOptions } from './exit-function-engine.ts'
import { countersOf, createExitTransformerPlugin } from './plugin.ts'
import type { ExitTransformerConfig } from './schema.ts'

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

  it('tells functions name, instance, timeout, language and mode when they are compiled', () => {
    const compiled: CompileOptions[] = []
    const plugin = createExitTransformerPlugin(bodyEngine(compiled))
    const config = checkRecord(plugin.schema, {
      config: { functions: ['', ''].map(() => 'return'), mode: 'shadow', language: 'javascript' },
    })
    if (!config.ok) throw new Error('not accepted')
    const instance = instanceOf({ name: plugin.name, ...(config.value as object) })
    void plugin.prepare?.(instance.config as ExitTransformerConfig, instance as never)
    const same = { instance, language: 'javascript', timeoutMs: 50, isShadow: true }
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

  it('logs a failing function with its plugin and the request, and keeps the exit', () => {
    const { answer, lines, ctx } = refused({ config: { functions: ['return b.x.y'] } })
    expect(answer).toMatchObject({ status: 401, body: { message: 'no key' } })
    expect(lines).toEqual([
      expect.stringMatching(
        /^err \[exit-transformer\] exit-transformer\[1\] failed and was skipped: .* \(plugin exit-transformer-1, request cafe\)$/,
      ),
    ])
    const prepared = ctx.plugins.plugins.find((one) => one.name === 'exit-transformer')?.prepared
    expect(countersOf(prepared)).toMatchObject([{ calls: 1, failures: 1, kills: 0, changed: 0 }])
  })

  it('gives functions the reason and the request, with secrets redacted', () => {
    const { answer } = refused({
      config: { functions: ['return [200, exit.toJSON()]'] },
      secretNames: ['X-My-Key', 'other_key'],
      headers: [
        'Authorization',
        'Basic x',
        'Cookie',
        'a=b',
        'x_my_key',
        'secret',
        'Other-Key',
        'secret',
        'X-Kong-Request-Debug-Token',
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
