// What a plugin is.
export {
  type BodyPhase,
  type ConfigOf,
  definePlugin,
  type Handled,
  type Handlers,
  type Plugin,
  type PluginInstance,
} from './plugin.ts'
export type { Kong, KongPhase } from './kong-type.ts'
export type { HandlerPhase, Phase } from './phase.ts'
export type { Log, LogLevel } from './log.ts'

// A configuration's plugins, made ready when it is published.
export { compilePlugins, type CompilePluginsOptions } from './compile-plugins.ts'
export { byOrder } from './by-order.ts'
export { findOrderingCycle } from './order-plugins.ts'
export type { PluginChain, PluginChains } from './plugin-chains.ts'
export type { PluginSet } from './plugin-set.ts'
export type { CompiledPlugin, PlainPhase } from './compiled-plugin.ts'

// A request going through the phases.
export {
  createPhaseContext,
  type LogValue,
  PhaseContext,
  type PhaseContextInit,
} from './phase-context.ts'
export type { LogFacts, UpstreamTry } from './log-facts.ts'
export type { RequestLimits } from './request-limits.ts'
export type { RequestFacts, ServiceResponse, TlsFacts, UriCaptures } from './request-facts.ts'
export type {
  ConnectionStatistics,
  ConsumerLookup,
  MemoryFacts,
  NodeFacts,
} from './node-facts.ts'
export type {
  ClientCertificate,
  RetryCallback,
  UpstreamRequest,
  UpstreamTimeouts,
} from './upstream-request.ts'
export { hasSteps, needsBody, runPhase } from './run-phase.ts'
export {
  handshakeFacts,
  type HandshakeConnection,
  type HandshakeWishes,
} from './handshake-facts.ts'
export { configurePlugins, startPlugins, type WorkerHost } from './worker-phases.ts'
export { runBodyFilter } from './run-body-filter.ts'
export { runExitHooks } from './run-exit-hooks.ts'
export { addServiceHeaders } from './add-service-headers.ts'
export { RUNTIME_EXIT_REASONS } from './exit-reasons.ts'

// The PDK.
export { createKong } from './create-kong.ts'
export { type PdkFunction, pdkFunctions, snakeCase } from './pdk-functions.ts'
export {
  Cache,
  type CacheAnswer,
  type CacheOptions,
  type CacheProbe,
  type CacheRequest,
  type CacheTimes,
  createCache,
} from './cache.ts'
export type { SerializedRequest } from './pdk/serialize-request.ts'
export type { TelemetryRecord } from './pdk/telemetry-pdk.ts'
export type { Span, Tracing } from './pdk/tracing-pdk.ts'
export type { BodyFields } from './pdk/body-fields.ts'
export { isTruncatedQuery, type QueryTable, type QueryValue } from './pdk/query-args.ts'
