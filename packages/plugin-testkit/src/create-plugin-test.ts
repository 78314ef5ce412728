import {
  type Consumer,
  consumers,
  type Route,
  routes,
  type Service,
  services,
} from '@postern/entities'
import { DEFAULT_RESPONSE_SETTINGS, type ResponseSettings } from '@postern/pdk-response'
import {
  createCache,
  type NodeFacts,
  type PhaseContext,
  type Plugin,
} from '@postern/plugin-runtime'
import { chainsOf, checked, type OtherPlugin, type TestedPlugins } from './chains-of.ts'
import { type LogLine, logInto } from './log-lines.ts'
import type { PluginTestResult } from './plugin-test-result.ts'
import { type HandshakeTestResult, runHandshake, type TestHandshake } from './run-handshake.ts'
import { runRequest } from './run-request.ts'
import { runStream, type StreamTestResult } from './run-stream.ts'
import type { ServiceAnswer, ServiceFault, ServiceRequest } from './service-answer.ts'
import { startAll, type StartResult } from './start-plugins.ts'
import { type ArrivedRequest, readRequest, type TestRequest } from './test-request.ts'
import { TestedContext } from './tested-context.ts'

/** The world around a plugin. Everything may be left out. */
export interface PluginTestOptions {
  /** Checked against the plugin's schema, which fills in defaults. */
  readonly config?: unknown
  /** What requests have in common; `run` may say otherwise. */
  readonly request?: TestRequest
  /** Fields of the matched Route; `null` for a request that matches none. */
  readonly route?: Partial<Route> | null
  /** Fields of its Service; `null` for a Route without one. */
  readonly service?: Partial<Service> | null
  /** Who has been authenticated before the plugin runs. */
  readonly consumer?: Partial<Consumer>
  /** What they proved themselves with. Only together with `consumer`. */
  readonly credential?: Readonly<Record<string, unknown>>
  /** What the Service answers, or a function of what it got. Default: 200 without a body. */
  readonly upstream?:
    | ServiceAnswer
    | ServiceFault
    | ((request: ServiceRequest) => ServiceAnswer | Promise<ServiceAnswer>)
  /** Where the plugin is set up. Default `global`, which is the only one that rewrite runs for. */
  readonly boundTo?: 'global' | 'route' | 'service' | 'consumer'
  /** Other plugins in the same requests, all of them global. */
  readonly others?: readonly OtherPlugin[]
  /**
   * The time, in milliseconds since 1970: of a request's beginning, of each step that
   * `kong.log.serialize` tells, of what `kong.cache` keeps. Default: the time of day.
   */
  readonly clock?: () => number
  /**
   * How long a handler may take whose promise does not settle, in milliseconds of the real time.
   * Default 60000; 0 waits for ever.
   */
  readonly phaseTimeoutMs?: number
  /** Settings of the gateway that change how responses are made. */
  readonly settings?: Partial<ResponseSettings>
  /** What `kong.node` and `kong.configuration` tell, and which Consumers can be loaded. */
  readonly node?: Partial<NodeFacts>
}

/** A plugin with a configuration, ready for requests. */
export interface PluginTest {
  /** The configuration with its defaults. */
  readonly config: unknown
  /**
   * Runs `init_worker`, and `configure` with the configurations, once. The first request does so
   * where it has not been done; what failed in it is an alert of each request, as in a gateway.
   */
  start(): Promise<StartResult>
  /** Runs all phases of a request. What is told here counts more than `options.request`. */
  run(request?: TestRequest): Promise<PluginTestResult>
  /** Runs preread and log of a TCP connection. */
  runStream(request?: TestRequest): Promise<StreamTestResult>
  /** Runs certificate, for a client that begins a TLS handshake. Global instances only. */
  runHandshake(handshake?: TestHandshake): Promise<HandshakeTestResult>
  /**
   * Opens a request and runs nothing, `start()` included: for calling functions of `kong` by hand. The phase is the
   * caller's to set (`ctx.phase`), and so are `ctx.route` and `ctx.service`, found in `world`.
   */
  open(request?: TestRequest): {
    readonly ctx: PhaseContext
    readonly logs: readonly LogLine[]
    readonly world: World
  }
}

/**
 * Makes a plugin ready to be tested: its configuration is checked, and `prepare` runs once, as it
 * does when a configuration is published.
 *
 * Paths are taken as they come: nothing routes or normalises here, and the headers that a gateway
 * adds itself (X-Forwarded-For, Via, X-Kong-Request-Id) are not there.
 *
 * @throws POSTERN_TESTKIT_ENTITY_INVALID, and what `prepare` throws as POSTERN_PLUGIN_PREPARE_FAILED
 */
export function createPluginTest(
  plugin: Plugin<never>,
  options: PluginTestOptions = {},
): PluginTest {
  const world = worldOf(options)
  const node = nodeOf(options)
  const tested = { plugin, config: options.config }
  const others = options.others ?? []
  const http = chainsOf(tested, others, bindingOf(options, world))
  const { clock = Date.now } = options
  const open = (arrived: ArrivedRequest, plugins: TestedPlugins): OpenRequest =>
    openRequest(options, { world, node, plugins }, arrived)
  const read = (request: TestRequest | undefined): ArrivedRequest =>
    readRequest({ ...options.request, ...request }, clock())
  let started: Promise<StartResult> | undefined
  const start = (): Promise<StartResult> =>
    (started ??= startAll({ ...http, node, timeoutMs: options.phaseTimeoutMs }))
  const openStarted = async (
    arrive: () => ArrivedRequest,
    plugins: TestedPlugins,
  ): Promise<OpenRequest> => {
    const { failed } = await start()
    const opened = open(arrive(), plugins)
    if (failed.length > 0) opened.ctx.log.alert(`init_worker of ${failed.join(', ')} failed`)
    return opened
  }
  return {
    config: http.instance.config,
    start,
    run: async (request) =>
      runRequest(await openStarted(() => read(request), http), options.upstream),
    runStream: async (request) =>
      runStream(await openStarted(() => read(request), chainsOf(tested, others, {}, 'stream'))),
    runHandshake: (handshake = {}) =>
      runHandshake(handshake, clock(), (facts) =>
        openStarted(() => ({ facts, body: new Uint8Array() }), http),
      ),
    open: (request) => open(read(request), http),
  }
}

/** A request that is under way. */
export interface OpenRequest {
  readonly ctx: TestedContext
  readonly logs: LogLine[]
  readonly world: World
}

/** The entities a request meets. */
export interface World {
  readonly route: Route | undefined
  readonly service: Service | undefined
  readonly consumer: Consumer | undefined
}

/** Makes whole entities of the fields a test gives. */
function worldOf(options: PluginTestOptions): World {
  const { route, service, consumer } = options
  return {
    route: route === null ? undefined : checked(routes, 'Route', { paths: ['/'], ...route }),
    service:
      service === null || route === null
        ? undefined
        : checked(services, 'Service', { host: 'service.test', ...service }),
    consumer: consumer && checked(consumers, 'Consumer', consumer),
  }
}

function bindingOf({ boundTo = 'global' }: PluginTestOptions, world: World): object {
  if (boundTo === 'global') return {}
  const id = world[boundTo]?.id
  return id === undefined ? {} : { [boundTo]: { id } }
}

/** One for all requests, so that they share a cache. */
function nodeOf({ clock: nowMs, node }: PluginTestOptions): NodeFacts {
  return { ...NODE, cache: createCache(nowMs === undefined ? {} : { nowMs }), ...node }
}

interface Surroundings {
  readonly world: World
  readonly node: NodeFacts
  readonly plugins: TestedPlugins
}

function openRequest(
  options: PluginTestOptions,
  { world, node, plugins }: Surroundings,
  { facts, body }: ArrivedRequest,
): OpenRequest {
  const logs: LogLine[] = []
  const { clock = Date.now, phaseTimeoutMs } = options
  const init = {
    request: facts,
    chains: plugins.chains,
    node,
    log: logInto(logs),
    settings: { ...DEFAULT_RESPONSE_SETTINGS, ...options.settings },
    readBody: () => Promise.resolve(body),
    ...(phaseTimeoutMs !== undefined && { phaseTimeoutMs }),
  }
  const ctx = new TestedContext(init, clock)
  ctx.consumer = world.consumer
  ctx.credential = world.consumer && options.credential
  return { ctx, logs, world }
}

const NODE: NodeFacts = {
  id: '5f3c5e0a-8d0b-4f0e-9a51-0f1f2f3f4f5f',
  hostname: 'localhost',
  version: '1.0.0',
  configuration: {},
  isTrusted: () => false,
  hasUpstream: () => false,
  loadConsumer: () => undefined,
}
