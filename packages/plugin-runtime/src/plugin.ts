import type { PluginOrdering } from '@postern/entities'
import type { BodyFilterState, Exit } from '@postern/pdk-response'
import type { EntitySchema, Infer, RecordSchema } from '@postern/schema'
import { pluginErrors } from './errors.ts'
import type { Kong } from './kong-type.ts'
import type { HandlerPhase } from './phase.ts'

/** What a handler may return. A promise is awaited; a value is ignored. */
export type Handled = void | Promise<void>

/**
 * A plugin as it stands in a configuration: the entity `plugins`, with a `config` that has passed
 * the plugin's schema.
 */
export interface PluginInstance<Config = unknown> {
  readonly id: string
  readonly name: string
  readonly config: Config
  readonly enabled: boolean
  readonly protocols: readonly string[]
  readonly route: { readonly id: string } | null
  readonly service: { readonly id: string } | null
  readonly consumer: { readonly id: string } | null
  readonly instance_name?: string | null
  /**
   * Which plugins this one runs before or after, whatever their priorities say. access only. The
   * same for the whole configuration: a plugin has one place in the order, not one for each Route.
   */
  readonly ordering?: PluginOrdering | null
  readonly tags?: readonly string[] | null
}

/** Where a handler may ask for the body of the request. */
export type BodyPhase = 'rewrite' | 'access' | 'response' | 'exit'

/**
 * The phases a plugin can take part in, in the order in which a request meets them.
 *
 * Each handler gets `kong` for the request at hand, the configuration that applies to it, and what
 * `prepare` answered for that configuration.
 */
export interface Handlers<Config> {
  /** TLS only, before a certificate is chosen; global instances only. */
  certificate?(kong: Kong<'certificate'>, config: Config, prepared: unknown): Handled
  /** Before a Route is known, and so for global instances only. */
  rewrite?(kong: Kong<'rewrite'>, config: Config, prepared: unknown): Handled
  access?(kong: Kong<'access'>, config: Config, prepared: unknown): Handled
  /** The Service's response is there as a whole; buffers it. Not together with the filters below. */
  response?(kong: Kong<'response'>, config: Config, prepared: unknown): Handled
  header_filter?(kong: Kong<'header_filter'>, config: Config, prepared: unknown): Handled
  /**
   * Once for each piece of the body, and once more at its end. Cannot wait. `piece.chunk` is what
   * goes out for this pass, and may be replaced.
   */
  body_filter?(
    kong: Kong<'body_filter'>,
    config: Config,
    prepared: unknown,
    piece: BodyFilterState,
  ): void
  /** After the client has everything. */
  log?(kong: Kong<'log'>, config: Config, prepared: unknown): Handled
  /** L4: before a TCP connection is proxied. */
  preread?(kong: Kong<'preread'>, config: Config, prepared: unknown): Handled
  /**
   * An Exit on its way out passes through here. Answers the Exit to send; one that throws or
   * answers nothing is logged or ignored, and the Exit stays as it was.
   */
  exit?(kong: Kong<'exit'>, config: Config, exit: Exit, prepared: unknown): Exit | Promise<Exit>
}

/** A plugin: what it is called, when it runs, what it can be told, and what it does. */
export interface Plugin<Config = unknown> extends Handlers<Config> {
  /** As it stands in `plugins[].name` of a configuration. */
  readonly name: string
  readonly version: string
  /** Higher runs earlier within a phase. Equal priorities: the greater name runs first. */
  readonly priority: number
  /**
   * Kong's plugin schema as data: `fields` holds `config` (a record), and may restrict `consumer`,
   * `service`, `route` and `protocols`.
   */
  readonly schema: RecordSchema
  /** Entities the plugin brings, for example credentials. */
  readonly entities?: readonly EntitySchema[]
  /** Instances bound to a Route, Service or Consumer are ignored. Kong's `no_route` and so on. */
  readonly no_route?: boolean
  readonly no_service?: boolean
  readonly no_consumer?: boolean
  /** Once when a process has started, before any request. Run by `startPlugins`. */
  init_worker?(kong: Kong<'init_worker'>): Handled
  /**
   * Each time a configuration is published, with all its configurations of the plugin; undefined
   * when it has none. Run by `configurePlugins`.
   */
  configure?(configs: readonly Config[] | undefined): Handled
  /**
   * Once for each configuration when it is published, before any request: what can be compiled is
   * compiled here. What it answers is handed to the handlers.
   */
  prepare?(config: Config, about: PluginInstance<Config>): unknown
  /**
   * Whether a configuration has a use for the handler of a phase; asked when it is published.
   * Without it every handler runs. A body_filter that is not run lets the body stream through.
   */
  usesPhase?(phase: HandlerPhase, config: Config): boolean
  /**
   * Whether a handler wants the body of the request and cannot wait for it, as a function in Lua;
   * asked when the configuration is published, after `prepare`.
   *
   * `runPhase` then reads the body before rewrite (for `rewrite`, global instances only) or before
   * access (for the others), and `runExitHooks` before an exit that comes earlier. From then on
   * `kong.request.getBody` and `getRawBody` answer without a promise. Where it could not be read
   * they throw POSTERN_PLUGIN_UNAVAILABLE (nil and a message), and `PhaseContext.bodyFailure` is
   * set. A host that wants to refuse such a request first asks `needsBody(ctx, phase)` and awaits
   * `ctx.readBody()` itself.
   */
  needsBody?(phase: BodyPhase, config: Config, prepared: unknown): boolean
}

/** The configuration that a plugin's schema describes. */
export type ConfigOf<S extends RecordSchema> =
  Infer<S> extends { readonly config: infer Config } ? Config : Readonly<Record<string, unknown>>

/**
 * Makes a plugin. The type of `config` in its handlers is inferred from its schema.
 *
 * @throws POSTERN_PLUGIN_RESPONSE_AND_FILTERS
 */
export function definePlugin<S extends RecordSchema>(
  plugin: Plugin<ConfigOf<S>> & { readonly schema: S },
): Plugin<ConfigOf<S>> {
  const hasFilter = plugin.header_filter !== undefined || plugin.body_filter !== undefined
  if (plugin.response !== undefined && hasFilter) {
    throw pluginErrors.RESPONSE_AND_FILTERS(plugin.name)
  }
  return plugin
}
