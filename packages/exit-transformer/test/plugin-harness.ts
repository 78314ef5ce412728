// Only for tests: the plugin in the real phases of a request, without a socket.
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
import { answerOfJavaScript } from '../src/exit-answer.ts'
import type { CompileOptions, ExitFunctionEngine } from '../src/exit-function-engine.ts'
import { createExitTransformerPlugin } from '../src/plugin.ts'
import type { ExitTransformerConfig } from '../src/schema.ts'

export const service = { id: 'service-1', name: 'svc' }
export const route = { id: 'route-1', name: 'r' }

/** An engine whose sources are the bodies of JavaScript functions: the simplest that runs any. */
export function bodyEngine(compiled: CompileOptions[] = []): ExitFunctionEngine {
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

export interface SetUp {
  readonly config: Partial<ExitTransformerConfig> & { readonly functions: readonly string[] }
  readonly bound?: Partial<Pick<PluginInstance, 'route' | 'service' | 'consumer'>>
  readonly headers?: readonly string[]
  readonly secretNames?: readonly string[]
  readonly isTraced?: boolean
}

/** A request about to be answered. */
export interface Opened {
  readonly ctx: PhaseContext
  /** What was logged. */
  readonly lines: readonly string[]
}

export function gateway({
  config,
  bound = {},
  headers = [],
  secretNames = [],
  isTraced,
}: SetUp): Opened {
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
  return { ctx, lines }
}

export function instanceOf(parts: Partial<PluginInstance> & { name: string }): PluginInstance {
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
export function refused(setUp: SetUp): Opened & { readonly answer: Exit | Promise<Exit> } {
  const made = gateway(setUp)
  made.ctx.route = route as PhaseContext['route']
  made.ctx.service = service as PhaseContext['service']
  void runPhase(made.ctx, 'access')
  return { ...made, answer: runExitHooks(made.ctx, made.ctx.exit as Exit) }
}

export function coreExit(parts: Partial<Exit>): Exit {
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
