import type { Exit } from '@postern/pdk-response'
import { definePlugin, type Kong, type Plugin } from '@postern/plugin-runtime'
import { ExitContext, SECRET_NAMES, type SecretNames } from './exit-context.ts'
import type { ExitFunctionEngine } from './exit-function.ts'
import type { FunctionCounters } from './function-counters.ts'
import { losesChallenge } from './lost-challenge.ts'
import { type PreparedExitTransformer, prepareFunctions } from './prepare-functions.ts'
import { reduceExit } from './reduce-exit.ts'
import { type ExitTransformerConfig, exitTransformerSchema } from './schema.ts'
import { diffExits } from './shadow-diff.ts'
import { isReached } from './which-exits.ts'

/** What a gateway can tell the plugin besides its engine. */
export interface ExitTransformerPluginOptions {
  /**
   * Names of headers and query arguments that carry keys, asked for each time a function asks for
   * the request. Default: none besides Authorization, Proxy-Authorization, Cookie and apikey.
   */
  readonly secretNames?: () => Iterable<string>
}

/**
 * Makes the plugin: every Exit that reaches it passes through the functions of its configuration.
 *
 * @see Kong Gateway docs, plugin exit-transformer
 */
export function createExitTransformerPlugin(
  engine: ExitFunctionEngine,
  options: ExitTransformerPluginOptions = {},
): Plugin<ExitTransformerConfig> {
  const secrets = options.secretNames ?? (() => [])
  return definePlugin({
    name: 'exit-transformer',
    version: '0.1.0',
    priority: 9999,
    schema: exitTransformerSchema(engine.check),

    prepare: (config, about) => prepareFunctions(config, about, engine.compile),

    exit(kong, _config, exit, prepared) {
      return transform(kong, exit, prepared as PreparedExitTransformer, secrets)
    },
  })
}

/** The counters of an instance, one for each function; for metrics. */
export function countersOf(prepared: unknown): readonly FunctionCounters[] {
  return (prepared as PreparedExitTransformer).functions.map((fn) => fn.counters)
}

function transform(
  kong: Kong<'exit'>,
  exit: Exit,
  prepared: PreparedExitTransformer,
  secrets: () => Iterable<string>,
): Exit | Promise<Exit> {
  const isRouteKnown = isPresent(kong.router.getRoute())
  if (!isReached(exit.kind, isRouteKnown, prepared.reach)) return exit
  const context = new ExitContext(exit, kong, () => secretNames(secrets()))
  const { functions, totalMs } = prepared
  const reduced = reduceExit(exit, functions, { context, kong, log: kong.log, totalMs })
  if (prepared.isShadow) return watch(kong, exit, reduced)
  if (!(reduced instanceof Promise)) return warn(kong, exit, reduced, prepared)
  return reduced.then((later) => warn(kong, exit, later, prepared))
}

function secretNames(more: Iterable<string>): SecretNames {
  return new Set([...SECRET_NAMES, ...Array.from(more, (name) => name.toLowerCase())])
}

function isPresent(entity: unknown): boolean {
  return entity !== undefined && entity !== null
}

/** The client does not wait for what nobody will send. */
function watch(kong: Kong<'exit'>, exit: Exit, reduced: Exit | Promise<Exit>): Exit {
  if (reduced instanceof Promise) void reduced.then((later) => tellDiff(kong, exit, later))
  else tellDiff(kong, exit, reduced)
  return exit
}

function tellDiff(kong: Kong<'exit'>, exit: Exit, reduced: Exit): void {
  const diff = diffExits(exit, reduced)
  if (diff === undefined) return
  kong.log.notice(`shadow: ${JSON.stringify({ reason: exit.reason, ...diff })}`)
}

function warn(
  kong: Kong<'exit'>,
  exit: Exit,
  reduced: Exit,
  prepared: PreparedExitTransformer,
): Exit {
  if (!prepared.hasWarned && losesChallenge(exit, reduced)) {
    prepared.hasWarned = true
    kong.log.warn(
      'functions took WWW-Authenticate off a 401, and clients that need it cannot log in; ' +
        'hand the headers on to keep it (said once)',
    )
  }
  return reduced
}
