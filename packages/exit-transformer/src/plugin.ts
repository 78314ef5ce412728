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
import type { FunctionStep } from './run-function.ts'
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
  return definePlugin({
    name: NAME,
    version: '0.1.0',
    priority: 9999,
    schema: exitTransformerSchema(engine.check),

    prepare: (config, about) => prepareFunctions(config, about, engine),

    exit(kong, _config, exit, prepared) {
      const instance = prepared as PreparedExitTransformer
      if (!isReached(exit.kind, isPresent(kong.router.getRoute()), instance.reach)) return exit
      return transform({ kong, exit, instance, secretNames, isTraced: isTraced(kong) })
    },
  })
}

/** The counters of an instance, one for each function; for metrics. */
export function countersOf(prepared: unknown): readonly FunctionCounters[] {
  return (prepared as PreparedExitTransformer).functions.map((fn) => fn.counters)
}

/** One Exit at work. */
interface Work {
  readonly kong: Kong<'exit'>
  readonly exit: Exit
  readonly instance: PreparedExitTransformer
  readonly secretNames: () => Iterable<string>
  readonly isTraced: boolean
}

function isPresent(entity: unknown): boolean {
  return entity !== undefined && entity !== null
}

function transform(work: Work): Exit | Promise<Exit> {
  const { kong, exit, instance } = work
  const context = new ExitContext(exit, kong, () => contextSecrets(work.secretNames()))
  const steps: FunctionStep[] = []
  const reduced = reduceExit(exit, instance.functions, {
    context,
    kong,
    log: new LogOf(work),
    totalMs: instance.totalMs,
    ...(work.isTraced && { onStep: (step: FunctionStep) => void steps.push(step) }),
  })
  if (!(reduced instanceof Promise)) return finish(work, reduced, steps)
  // In shadow mode a client does not wait for what nobody will send, unless it asked for a trace.
  if (!instance.isShadow || work.isTraced) return reduced.then((all) => finish(work, all, steps))
  void reduced.then((later) => finish(work, later, steps))
  return exit
}

/**
 * Tells behind each line whose function it is about, and in which request. Made when it is first asked
 * for: most functions have nothing to tell.
 */
class LogOf {
  readonly #work: Work

  constructor(work: Work) {
    this.#work = work
  }

  err(...values: readonly unknown[]): void {
    const { kong, instance } = this.#work
    const about = `plugin ${instance.id}, request ${kong.request.getId()}`
    logOf(this.#work).err(...values, ` (${about})`)
  }
}

/** In shadow mode functions may end while another plugin runs, whose name lines would have. */
function logOf({ kong, instance }: Work): Log {
  return instance.isShadow ? kong.log.new(NAME) : kong.log
}

/** A key named `my_key` may be sent as the header `my-key`: `SecretNames` have hyphens. */
function contextSecrets(more: Iterable<string>): SecretNames {
  const named = Array.from(more, (name) => name.toLowerCase().replaceAll('_', '-'))
  return new Set([...SECRET_NAMES, ...named])
}

function finish(work: Work, reduced: Exit, steps: readonly FunctionStep[]): Exit {
  const { exit, instance } = work
  if (work.isTraced) tellTrace(work, steps)
  warnOfLostChallenge(work, reduced)
  if (!instance.isShadow) return reduced
  const diff = reduced === exit ? undefined : diffExits(exit, reduced, redactorOf(work))
  if (diff !== undefined) {
    logOf(work).notice(`shadow: ${JSON.stringify({ reason: exit.reason, ...diff })}`)
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
function redactorOf({ kong, secretNames }: Work): Redactor {
  const names = [...secretNames()]
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
  logOf(work).warn(
    `functions ${verb} WWW-Authenticate off a 401, and clients that need it cannot log in; ` +
      `hand the headers on to keep it (plugin ${instance.id}, said once)`,
  )
}
