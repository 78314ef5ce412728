// What tests need to run plugins without a server: a request, a node, a log that remembers.
import { HeaderList, type ResponseSettings, DEFAULT_RESPONSE_SETTINGS } from '@postern/pdk-response'
import type { Consumer, Route, Service } from '@postern/entities'
import {
  compilePlugins,
  createPhaseContext,
  definePlugin,
  type Handlers,
  type Log,
  type NodeFacts,
  type PhaseContext,
  type Plugin,
  type PluginInstance,
  type RequestFacts,
} from '../src/index.ts'

/** A request that a test is about; what is not said is a plain GET. */
export interface TestFacts {
  readonly plugins?: readonly Plugin[]
  readonly instances?: readonly PluginInstance[]
  readonly request?: Partial<RequestFacts>
  readonly headers?: readonly string[]
  readonly node?: Partial<NodeFacts>
  readonly settings?: Partial<ResponseSettings>
  readonly body?: string
  readonly readBody?: () => Promise<Uint8Array>
  readonly phaseTimeoutMs?: number | undefined
}

/** A context, and the lines that were logged in it. */
export function testContext(facts: TestFacts = {}): { ctx: PhaseContext; lines: string[] } {
  const lines: string[] = []
  const plugins = facts.plugins ?? []
  const instances = facts.instances ?? plugins.map((plugin) => instanceOf(plugin.name))
  const body = facts.body
  const ctx = createPhaseContext({
    request: requestFacts(facts),
    chains: compilePlugins(instances, new Map(plugins.map((plugin) => [plugin.name, plugin]))),
    node: { ...NODE, ...facts.node },
    log: logInto(lines),
    settings: { ...DEFAULT_RESPONSE_SETTINGS, ...facts.settings },
    ...(body !== undefined && { readBody: () => Promise.resolve(Buffer.from(body)) }),
    ...(facts.readBody !== undefined && { readBody: facts.readBody }),
    ...(facts.phaseTimeoutMs !== undefined && { phaseTimeoutMs: facts.phaseTimeoutMs }),
  })
  return { ctx, lines }
}

/** A plugin of handlers alone. */
export function testPlugin(
  name: string,
  handlers: Handlers<Readonly<Record<string, unknown>>>,
  priority = 0,
): Plugin {
  const schema = { fields: { config: { type: 'record', fields: {} } } } as const
  return definePlugin({ name, version: '1.0.0', priority, schema, ...handlers })
}

/** Where an instance is bound: ids of a Route, a Service, a Consumer. */
export interface Scope {
  readonly route?: string
  readonly service?: string
  readonly consumer?: string
}

/** An instance of a plugin; global unless it is bound. */
export function instanceOf(
  name: string,
  scope: Scope = {},
  more: Partial<PluginInstance> = {},
): PluginInstance {
  const ref = (id: string | undefined) => (id === undefined ? null : { id })
  return {
    id: `${name}:${scope.route ?? '-'}:${scope.service ?? '-'}:${scope.consumer ?? '-'}`,
    name,
    config: {},
    enabled: true,
    protocols: ['http', 'https'],
    route: ref(scope.route),
    service: ref(scope.service),
    consumer: ref(scope.consumer),
    ...more,
  }
}

/** Entities of which a test needs the id alone. */
export const route = (id: string): Route =>
  ({ id, protocols: ['http', 'https'] }) as unknown as Route
export const service = (id: string): Service => ({ id }) as unknown as Service
export const consumer = (id: string): Consumer =>
  ({ id, username: id, custom_id: null }) as Consumer

const NODE: NodeFacts = {
  id: 'b1b6cb4c-6f9d-4d9c-8d38-2ae9d9b0a7f1',
  hostname: 'node-1',
  version: '1.2.3',
  configuration: {},
  isTrusted: () => false,
  hasUpstream: (name) => name === 'known',
  loadConsumer: (key) => (key === 'known' ? consumer('known') : undefined),
}

function requestFacts({ request, headers }: TestFacts): RequestFacts {
  return {
    id: 'cafe',
    method: 'GET',
    target: '/',
    rawPath: '/',
    rawQuery: '',
    path: '/',
    httpVersion: 1.1,
    scheme: 'http',
    host: 'example.com',
    port: 80,
    headers: HeaderList.fromRaw(headers ?? []),
    peerAddress: '10.0.0.1',
    peerPort: 1234,
    clientAddress: '10.0.0.1',
    clientPort: 1234,
    localPort: 8000,
    startedAtMs: 1_000,
    sni: undefined,
    ...request,
  }
}

function logInto(lines: string[]): Log {
  const at =
    (level: string) =>
    (...values: readonly unknown[]): void =>
      void lines.push(`${level}: ${values.join('')}`)
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
