import type { Consumer, Route, Service } from '@postern/entities'
import { errorExit, type Exit } from '@postern/pdk-response'
import { createPhaseContext, type Log, type PhaseContext } from '@postern/plugin-runtime'
import type { PluginChains } from '@postern/plugin-runtime'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { maskSecrets } from '../config/mask-secrets.ts'
import { responseSettings } from '../gateway.ts'
import { suggest } from '../cli/suggest.ts'
import { VERSION } from '../version.ts'
import { trialErrors } from './errors.ts'
import { knownExit, knownReasons } from './known-exits.ts'
import type { TrialEntity, TrialExit } from './trial-exit.ts'
import { trialRequestFacts } from './trial-request.ts'

/** A request about to be answered by an exit, as exit-transformer meets it. */
export interface OpenTrial {
  readonly ctx: PhaseContext
  readonly exit: Exit
}

export interface OpenTrialOptions {
  readonly config: GatewayConfig
  readonly chains: PluginChains
  readonly log: Log
}

/**
 * Opens the request of an exit on trial.
 *
 * @throws POSTERN_TRIAL_STATUS_MISSING when neither status nor reason says what is answered
 */
export function openTrial(trial: TrialExit, options: OpenTrialOptions): OpenTrial {
  const { config, chains, log } = options
  const request = trialRequestFacts(trial.request)
  const settings = responseSettings(config)
  const node = {
    id: NODE_ID,
    hostname: 'localhost',
    version: VERSION,
    configuration: maskSecrets(config),
    isTrusted: () => false,
    hasUpstream: () => false,
    loadConsumer: () => undefined,
  }
  const ctx = createPhaseContext({ request, chains, node, log, settings })
  ctx.route = entityOf(trial.route, 'name') as Route | undefined
  ctx.service = entityOf(trial.service, 'name') as Service | undefined
  ctx.consumer = entityOf(trial.consumer, 'username') as Consumer | undefined
  ctx.response.status = 200
  const exit = exitOf(trial, ctx)
  // As `runExitHooks` leaves it: nearly everything may be called.
  ctx.phase = 'response'
  ctx.runningPlugin = chains.global.plugins[0]
  return { ctx, exit }
}

const NODE_ID = '00000000-0000-4000-8000-000000000000'

function entityOf(entity: TrialEntity | undefined, nameField: string): object | undefined {
  if (entity === undefined) return undefined
  const { id = NODE_ID, name = null } = typeof entity === 'string' ? { name: entity } : entity
  return { id, [nameField]: name, protocols: ['http', 'https'] }
}

/** Facts that are given hold over those of the reason. */
function exitOf(trial: TrialExit, ctx: PhaseContext): Exit {
  const base = baseExit(trial, ctx)
  const hasBody = trial.body !== undefined
  return {
    ...base,
    ...(hasBody && { body: trial.body ?? undefined, message: messageIn(trial.body) }),
    ...(trial.headers !== undefined && { headers: trial.headers }),
    ...(trial.status !== undefined && { status: trial.status }),
    ...(trial.source !== undefined && { source: trial.source }),
    ...(trial.phase !== undefined && { phase: trial.phase as Exit['phase'] }),
    ...(trial.plugin !== undefined && { plugin: trial.plugin }),
    ...(trial.message !== undefined && { message: trial.message }),
  }
}

/** A body that is given, and no headers with it, stands alone: those of the reason tell another type. */
function baseExit(trial: TrialExit, ctx: PhaseContext): Exit {
  const known = trial.reason === undefined ? undefined : knownExit(trial.reason)
  if (known !== undefined) {
    const isFailure = known.kind === 'unexpected'
    const { status, reason, message, headers, kind, plugin, phase } = known
    const made = errorExit(
      {
        status: trial.status ?? status,
        reason,
        // Undefined where the reason has none of its own: that of the status then.
        message: trial.message ?? message,
        headers,
        plugin,
        kind,
        phase,
        source: isFailure ? 'error' : 'exit',
        form: isFailure ? 'server' : 'pdk',
      },
      ctx,
    )
    return trial.body === undefined ? made : { ...made, headers }
  }
  if (trial.status === undefined) throw statusMissing(trial.reason)
  return {
    status: trial.status,
    body: undefined,
    headers: undefined,
    source: 'exit',
    kind: 'ordinary',
    reason: trial.reason ?? 'plugin.exit',
    message: undefined,
    phase: 'access',
    plugin: undefined,
  }
}

/** As `kong.response.exit` finds it. */
function messageIn(body: TrialExit['body']): string | undefined {
  if (typeof body !== 'object' || body === null || !('message' in body)) return undefined
  return typeof body.message === 'string' ? body.message : undefined
}

function statusMissing(reason: string | undefined): Error {
  const near = reason === undefined ? undefined : suggest(reason, knownReasons())
  return trialErrors.STATUS_MISSING(reason, near)
}
