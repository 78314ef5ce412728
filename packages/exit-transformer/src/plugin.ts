import type { Exit } from '@postern/pdk-response'
import { definePlugin, type Kong, type Log, type Plugin } from '@postern/plugin-runtime'
import { ExitContext, SECRET_NAMES, type SecretNames } from './exit-context.ts'
import type { ExitFunctionEngine } from './exit-function-engine.ts'
import { traceStep, traceText } from './exit-trace.ts'
import type { FunctionCounters } from './function-counters.ts'
import { losesChallenge } from './lost-challenge.ts'
import { type PreparedExitTransformer, prepareFunctions } from './prepare-functions.ts'
import { createRedactor, type Redactor, secretValues } from './redactor.ts'
import { reduceExit } from './reduce-exit.ts'
import type { FunctionStep, Surroundings } from './run-function.ts'
import { type ExitTransformerConfig, exitTransformerSchema } from './schema.ts'
import { diffExits } from './shadow-diff.ts'
import { isReached } from './which-exits.ts'

const NAME = 'exit-transformer'

/** What a gateway can tell the plugin besides its engine. */
export interface ExitTransformerPluginOptions {
  /**
   * Names of headers and query arguments that carry keys, asked for each time a function asks for
   * the request. Default: none besides Authorization, Proxy-Authorization, Cookie, apikey and
   * X-Kong-Request-Debug-Token.
   */
  readonly secretNames?: () => Iterable<string>
  /**
   * Whether the response to a request tells, in the header X-Postern-Exit-Trace, what each function
   * did. Asked once for each Exit. Default: never.
   */
  readonly isTraced?: (kong: Kong<'exit'>) => boolean
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
  const { secretNames = () => [], isTraced = () => false } = options
  // Made once: what an object holds in a field as a function of its own is collected late.
  const contextNames = (): SecretNames => contextSecrets(secretNames())
  const needs: WorkNeeds = { secretNames, isTraced, contextNames }
  return definePlugin({
    name: NAME,
    version: '0.1.0',
    priority: 9999,
    schema: exitTransformerSchema(engine.check),

    prepare: (config, about) => prepareFunctions(config, about, engine),

    exit(kong, _config, exit, prepared) {
      const instance = prepared as PreparedExitTransformer
      const isRouteKnown = (): boolean => isPresent(kong.router.getRoute())
      if (!isReached(exit.kind, isRouteKnown, instance.reach)) return exit
      return transform(new Work(kong, exit, instance, needs))
    },
  })
}

/** The counters of an instance, one for each function; for metrics. */
export function countersOf(prepared: unknown): readonly FunctionCounters[] {
  return (prepared as PreparedExitTransformer).functions.map((fn) => fn.counters)
}

interface WorkNeeds extends Required<ExitTransformerPluginOptions> {
  /** All names that the context hides the values of. */
  readonly contextNames: () => SecretNames
}

/** One Exit at work: what its functions see, and what they have to say. */
class Work implements Surroundings {
  readonly kong: Kong<'exit'>
  readonly exit: Exit
  readonly instance: PreparedExitTransformer
  readonly needs: WorkNeeds
  readonly context: ExitContext
  /** What each function did; only where the response tells. */
  readonly steps: FunctionStep[] | undefined
  readonly onStep: Surroundings['onStep']

  constructor(kong: Kong<'exit'>, exit: Exit, instance: PreparedExitTransformer, needs: WorkNeeds) {
    this.kong = kong
    this.exit = exit
    this.instance = instance
    this.needs = needs
    this.context = new ExitContext(exit, kong, needs.contextNames)
    const steps: FunctionStep[] | undefined = needs.isTraced(kong) ? [] : undefined
    this.steps = steps
    this.onStep = steps && ((step) => void steps.push(step))
  }

  get log(): this {
    return this
  }

  get totalMs(): number {
    return this.instance.totalMs
  }

  /** Tells behind each line whose function it is about, and in which request. */
  err(...values: readonly unknown[]): void {
    const about = `plugin ${this.instance.id}, request ${this.kong.request.getId()}`
    this.operatorLog.err(...values, ` (${about})`)
  }

  /** In shadow mode functions may end while another plugin runs, whose name lines would have. */
  get operatorLog(): Log {
    return this.instance.isShadow ? this.kong.log.new(NAME) : this.kong.log
  }
}

function isPresent(entity: unknown): boolean {
  return entity !== undefined && entity !== null
}

function transform(work: Work): Exit | Promise<Exit> {
  const { exit, instance } = work
  const reduced = reduceExit(exit, instance.functions, work)
  if (!(reduced instanceof Promise)) return finish(work, reduced)
  // In shadow mode a client does not wait for what nobody will send, unless it asked for a trace.
  if (!instance.isShadow || work.steps !== undefined) {
    return reduced.then((all) => finish(work, all))
  }
  void reduced.then((later) => finish(work, later))
  return exit
}

/** A key named `my_key` may be sent as the header `my-key`: `SecretNames` have hyphens. */
function contextSecrets(more: Iterable<string>): SecretNames {
  const named = Array.from(more, (name) => name.toLowerCase().replaceAll('_', '-'))
  return new Set([...SECRET_NAMES, ...named])
}

function finish(work: Work, reduced: Exit): Exit {
  const { exit, instance, steps } = work
  if (steps !== undefined) tellTrace(work, steps)
  warnOfLostChallenge(work, reduced)
  if (!instance.isShadow) return reduced
  const diff = reduced === exit ? undefined : diffExits(exit, reduced, redactorOf(work))
  if (diff !== undefined) {
    work.operatorLog.notice(`shadow: ${JSON.stringify({ reason: exit.reason, ...diff })}`)
  }
  return exit
}

function tellTrace(work: Work, steps: readonly FunctionStep[]): void {
  const redactor = redactorOf(work)
  const text = traceText(steps.map((step) => traceStep(step, redactor)))
  work.kong.response.setHeader(TRACE_HEADER, text)
}

const TRACE_HEADER = 'X-Postern-Exit-Trace'

/** Reads the request, so it is made only where something is written down. */
function redactorOf({ kong, needs }: Work): Redactor {
  const names = [...needs.secretNames()]
  const byName = createRedactor(names, [])
  const isSecret = (name: string): boolean => byName.hasSecretName(name)
  const { request } = kong
  return createRedactor(names, [
    ...secretValues(request.getHeaders(), isSecret),
    ...secretValues(request.getQuery(), isSecret),
  ])
}

function warnOfLostChallenge(work: Work, reduced: Exit): void {
  const { exit, instance } = work
  if (instance.hasWarned || !losesChallenge(exit, reduced)) return
  instance.hasWarned = true
  const verb = instance.isShadow ? 'would take' : 'took'
  work.operatorLog.warn(
    `functions ${verb} WWW-Authenticate off a 401, and clients that need it cannot log in; ` +
      `hand the headers on to keep it (plugin ${instance.id}, said once)`,
  )
}
