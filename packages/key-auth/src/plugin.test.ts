import type { Consumer } from '@postern/entities'
import { HeaderList, renderExit } from '@postern/pdk-response'
import {
  compilePlugins,
  createPhaseContext,
  definePlugin,
  type PhaseContext,
  type Plugin,
  type PluginInstance,
  runPhase,
} from '@postern/plugin-runtime'
import { checkRecord } from '@postern/schema'
import { describe, expect, it } from 'vitest'
import { createKeyAuth, type KeyAuthConfig, keyAuthSchema } from './index.ts'

const BOB = consumer('bob', 'Bob', 'b-1')
const GUEST = consumer('guest', 'guest', null)

const keyAuth = createKeyAuth({
  lookup: (key) => (key === 'kong' ? { consumer: BOB, credential: { id: 'cred-1' } } : undefined),
  loadConsumer: (name) =>
    name === 'guest' ? GUEST : name === 'later' ? Promise.resolve(GUEST) : undefined,
})

interface Sent {
  readonly method?: string
  readonly headers?: readonly string[]
  readonly query?: string
  readonly body?: string
  readonly config?: Partial<KeyAuthConfig>
  /** Plugins that run as well, by name and priority. */
  readonly others?: readonly Plugin[]
}

/** Runs access for a request, and answers what came of it. */
async function send(sent: Sent) {
  const lines: string[] = []
  const ctx = contextOf(sent, lines)
  await runPhase(ctx, 'access')
  if (ctx.exit !== undefined) renderExit(ctx.exit, ctx)
  return { ctx, exit: ctx.exit, lines, upstream: ctx.upstreamRequest }
}

describe('key-auth', () => {
  it.each<Sent>([
    { headers: ['apikey', 'kong'] },
    { headers: ['APIKEY', 'kong'] },
    { query: 'apikey=kong' },
    { query: 'a=1&apikey=%6bong' },
    { headers: ['x_api-key', 'kong'], config: { key_names: ['X-Api-Key'] } },
    { headers: ['second', 'kong'], config: { key_names: ['first', 'second'] } },
    { query: 'k', headers: ['l', 'kong'], config: { key_names: ['k', 'l'] } },
    { query: 'apikey=kong', headers: ['apikey', 'wrong'], config: { key_in_header: false } },
  ])('lets a known key through: %j', async (sent) => {
    const { ctx, exit } = await send(sent)
    expect(exit).toBeUndefined()
    expect([ctx.consumer?.id, ctx.credential?.['id']]).toEqual(['bob', 'cred-1'])
  })

  it.each<Sent & { message: string; reason: string }>([
    { message: 'No API key found in request', reason: 'key-auth.no_key' },
    { headers: ['apikey', ''], message: 'No API key found in request', reason: 'key-auth.no_key' },
    { headers: ['apikey', ''], query: 'apikey=kong', message: 'No API', reason: 'key-auth.no_key' },
    { query: 'apikey', message: 'No API key found in request', reason: 'key-auth.no_key' },
    { query: 'APIKEY=kong', message: 'No API key found in request', reason: 'key-auth.no_key' },
    { query: 'apikey[]=kong', message: 'No API key found in request', reason: 'key-auth.no_key' },
    {
      headers: ['apikey', 'kong'],
      config: { key_names: [] },
      message: 'No API',
      reason: 'key-auth.no_key',
    },
    {
      query: 'apikey=kong',
      config: { key_in_query: false },
      message: 'No API',
      reason: 'key-auth.no_key',
    },
    { headers: ['apikey', 'wrong'], message: 'Unauthorized', reason: 'key-auth.invalid_key' },
    { headers: ['apikey', '__proto__'], message: 'Unauthorized', reason: 'key-auth.invalid_key' },
    {
      headers: ['apikey', 'x'.repeat(100_000)],
      message: 'Unauthorized',
      reason: 'key-auth.invalid_key',
    },
    {
      headers: ['apikey', 'kong', 'apikey', 'kong'],
      message: 'Duplicate API key found',
      reason: 'key-auth.duplicate_key',
    },
    {
      query: 'apikey=kong&apikey=kong',
      message: 'Duplicate API key found',
      reason: 'key-auth.duplicate_key',
    },
    {
      query: 'apikey=kong&apikey',
      message: 'Duplicate API key found',
      reason: 'key-auth.duplicate_key',
    },
  ])('answers 401 $message', async ({ message, reason, ...sent }) => {
    const { ctx, exit } = await send(sent)
    expect(exit).toMatchObject({ status: 401, reason, source: 'exit', plugin: 'key-auth' })
    expect(exit?.message).toContain(message)
    expect(JSON.parse(String(exit?.body))).toEqual({ message: exit?.message, request_id: 'cafe' })
    expect(ctx.response.headers.getAll('www-authenticate')).toEqual(['Key'])
    expect(ctx.consumer).toBeUndefined()
  })

  it('answers in the form that the client asks for, and names the realm', async () => {
    const { ctx } = await send({
      headers: ['Accept', 'text/plain'],
      config: { realm: 'test-realm' },
    })
    expect(ctx.response.body).toBe('No API key found in request\nrequest_id: cafe\n')
    expect(ctx.response.headers.get('www-authenticate')).toBe('Key realm="test-realm"')
  })

  it.each([
    { run: false, method: 'OPTIONS', passes: true },
    { run: true, method: 'OPTIONS', passes: false },
    { run: false, method: 'GET', passes: false },
  ])('lets $method pass without a key: $passes', async ({ run, method, passes }) => {
    const { exit } = await send({ method, config: { run_on_preflight: run } })
    expect(exit === undefined).toBe(passes)
  })

  it('tells the Service who calls, and lets no client pretend', async () => {
    const pretended = ['X-Consumer-ID', 'X-Consumer-Username', 'X-Anonymous-Consumer'].flatMap(
      (name) => [name, 'root'],
    )
    const { upstream } = await send({ headers: ['apikey', 'kong', ...pretended] })
    expect(Object.fromEntries(upstream.headers)).toEqual({
      apikey: 'kong',
      'X-Consumer-ID': 'bob',
      'X-Consumer-Username': 'Bob',
      'X-Consumer-Custom-ID': 'b-1',
      'X-Credential-Identifier': 'cred-1',
    })
  })
})

describe('hide_credentials', () => {
  const config = { hide_credentials: true }

  it.each<Sent & { kept: readonly string[]; query: string; left: string }>([
    {
      headers: ['apikey', 'kong', 'A', 'b'],
      query: 'x=%20&apikey=kong&y',
      kept: ['A'],
      left: 'x=%20&y',
    },
    { query: 'apikey=kong&apikey2=x', kept: [], left: 'apikey2=x' },
  ])('removes the key and nothing else: $left', async ({ kept, left, ...sent }) => {
    const { exit, upstream } = await send({ ...sent, config })
    expect(exit).toBeUndefined()
    expect(upstream.query).toBe(left)
    const names = [...upstream.headers].map(([name]) => name)
    expect(names.filter((name) => !name.startsWith('X-C'))).toEqual(kept)
  })

  it('removes a header in the other spelling as well', async () => {
    const { upstream } = await send({
      headers: ['x_api_key', 'kong'],
      config: { ...config, key_names: ['x-api-key'] },
    })
    expect(upstream.headers.has('x_api_key')).toBe(false)
  })

  it.each([
    { type: 'application/json', body: '{"apikey":"kong","a":1}', left: '{"a":1}' },
    { type: 'application/x-www-form-urlencoded', body: 'b=2&apikey=kong&a=1', left: 'a=1&b=2' },
  ])('removes the key from a body of $type', async ({ type, body, left }) => {
    const headers = ['Content-Type', type]
    const { exit, upstream } = await send({
      headers,
      body,
      config: { ...config, key_in_body: true },
    })
    expect(exit).toBeUndefined()
    expect(Buffer.from(upstream.body ?? []).toString()).toBe(left)
    expect(upstream.headers.get('content-type')).toBe(type)
  })
})

describe('key_in_body', () => {
  const config = { key_in_body: true }
  const part = 'Content-Disposition: form-data; name="apikey"\r\n\r\nkong\r\n'

  it.each([
    { type: 'application/json', body: '{"apikey":"kong"}', passes: true },
    { type: 'application/x-www-form-urlencoded', body: 'apikey=kong', passes: true },
    { type: 'multipart/form-data; boundary=X', body: `--X\r\n${part}--X--`, passes: true },
    { type: 'application/json', body: '{"apikey":5}', passes: false },
    { type: 'application/json', body: '{"apikey":["kong"]}', passes: false },
    { type: 'application/json', body: '{"apikey":', passes: false },
    { type: 'application/json', body: '["apikey"]', passes: false },
    { type: 'text/plain', body: 'apikey=kong', passes: false },
    { type: 'application/x-www-form-urlencoded', body: 'apikey=kong&apikey=kong', passes: false },
  ])('finds a key in $type $body: $passes', async ({ type, body, passes }) => {
    const { exit, upstream } = await send({ headers: ['Content-Type', type], body, config })
    expect(exit === undefined).toBe(passes)
    expect(upstream.body).toBeUndefined()
  })

  it('does not read a body of another type', async () => {
    const { ctx } = await send({
      headers: ['Content-Type', 'image/png', 'apikey', 'kong'],
      body: 'x',
      config,
    })
    expect([ctx.body, ctx.consumer?.id]).toEqual([undefined, 'bob'])
  })

  it('is off by default', async () => {
    const { ctx, exit } = await send({
      headers: ['Content-Type', 'application/json'],
      body: '{"apikey":"kong"}',
    })
    expect([exit?.status, ctx.body]).toEqual([401, undefined])
  })
})

describe('anonymous', () => {
  it.each<Sent>([
    {},
    { headers: ['apikey', 'wrong'] },
    { headers: ['apikey', 'kong', 'apikey', 'kong'] },
    { config: { anonymous: 'later' } },
  ])('takes a request without a valid key for that Consumer: %j', async (sent) => {
    const { ctx, exit, upstream } = await send({
      ...sent,
      config: { anonymous: 'guest', ...sent.config },
    })
    expect([exit, ctx.consumer?.id, ctx.credential]).toEqual([undefined, 'guest', undefined])
    expect(upstream.headers.get('x-anonymous-consumer')).toBe('true')
    expect(upstream.headers.get('x-consumer-username')).toBe('guest')
    expect(upstream.headers.has('x-consumer-custom-id')).toBe(false)
    expect(upstream.headers.has('x-credential-identifier')).toBe(false)
  })

  it('prefers a valid key', async () => {
    const { ctx } = await send({ headers: ['apikey', 'kong'], config: { anonymous: 'guest' } })
    expect(ctx.consumer?.id).toBe('bob')
  })

  it('answers 500 when there is no such Consumer, and tells the log alone', async () => {
    const { exit, lines } = await send({ config: { anonymous: 'nobody' } })
    expect(exit).toMatchObject({ status: 500, reason: 'key-auth.no_anonymous' })
    expect(exit?.message).toBe('An unexpected error occurred')
    expect(lines).toEqual([
      'err: [key-auth] anonymous consumer nobody is configured but does not exist',
    ])
  })

  it.each([
    { anonymous: 'guest', who: 'carol' },
    { anonymous: null, who: 'bob' },
  ])('lets another authentication stand: $who', async ({ anonymous, who }) => {
    const first = definePlugin({
      name: 'first',
      version: '1.0.0',
      priority: 2000,
      schema: { fields: { config: { type: 'record', fields: {} } } },
      access: (kong) => kong.client.authenticate(consumer('carol', 'carol', null), { id: 'x' }),
    })
    const { ctx } = await send({
      headers: ['apikey', 'kong'],
      config: { anonymous },
      others: [first],
    })
    expect(ctx.consumer?.id).toBe(who)
  })
})

function contextOf(sent: Sent, lines: string[]): PhaseContext {
  const plugins = [keyAuth, ...(sent.others ?? [])]
  const log =
    (level: string) =>
    (...values: readonly unknown[]) =>
      void lines.push(`${level}: ${values.join('')}`)
  return createPhaseContext({
    request: {
      id: 'cafe',
      method: sent.method ?? 'GET',
      target: '/',
      rawPath: '/',
      path: '/',
      rawQuery: sent.query ?? '',
      httpVersion: 1.1,
      scheme: 'http',
      host: 'example.com',
      port: 80,
      headers: HeaderList.fromRaw(sent.headers ?? []),
      peerAddress: '10.0.0.1',
      peerPort: 1,
      clientAddress: '10.0.0.1',
      clientPort: 1,
      localPort: 8000,
      startedAtMs: 0,
      sni: undefined,
    },
    chains: compilePlugins(
      plugins.map((plugin) => instanceOf(plugin.name, sent.config ?? {})),
      new Map(plugins.map((plugin) => [plugin.name, plugin])),
    ),
    node: {
      id: 'node',
      hostname: 'node',
      version: '1.0.0',
      configuration: {},
      isTrusted: () => false,
      hasUpstream: () => false,
      loadConsumer: () => undefined,
    },
    log: {
      debug: log('debug'),
      info: log('info'),
      notice: log('notice'),
      warn: log('warn'),
      err: log('err'),
      crit: log('crit'),
      alert: log('alert'),
      emerg: log('emerg'),
    },
    readBody: () => Promise.resolve(Buffer.from(sent.body ?? '')),
  })
}

function instanceOf(name: string, config: Partial<KeyAuthConfig>): PluginInstance {
  const checked = checkRecord(keyAuthSchema, { config })
  if (!checked.ok) throw new Error(JSON.stringify(checked.violations))
  return {
    id: name,
    name,
    config: name === 'key-auth' ? checked.value.config : {},
    enabled: true,
    protocols: ['http'],
    route: null,
    service: null,
    consumer: null,
  }
}

function consumer(id: string, username: string, custom_id: string | null): Consumer {
  return { id, username, custom_id, tags: null, created_at: 0, updated_at: 0 }
}
