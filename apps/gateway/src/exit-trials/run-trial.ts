import {
  type CompileOptions,
  createExitTransformerPlugin,
  diffExits,
  ExitContext,
  type CompiledExitFunction,
  type FunctionLanguage,
  type FunctionStep,
  type PreparedExitTransformer,
  reduceExit,
} from '@postern/exit-transformer'
import { type Exit, type HeaderList, renderExit } from '@postern/pdk-response'
import {
  compilePlugins,
  type PhaseContext,
  type Plugin,
  type PluginChains,
} from '@postern/plugin-runtime'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { tellCharset } from '../exit-charset.ts'
import { createFunctionEngine } from '../functions/function-engine.ts'
import { type KnownLanguage, languageOf } from '../functions/function-language.ts'
import { openTrial } from './open-trial.ts'
import type { TrialExit } from './trial-exit.ts'
import { createTrialLog } from './trial-log.ts'
import type { TriedExit, TriedFunction } from './tried-exit.ts'
import { failureOf, type TrialFailure } from './trial-failure.ts'

/** A function on trial. */
export interface TrialFunction {
  /** What messages call it, for example the path of its file. */
  readonly name: string
  readonly source: string
}

/** How functions on trial are run: as an instance of exit-transformer would. */
export interface TrialOptions {
  /** Milliseconds for one call; as in the gateway unless set. */
  readonly timeoutMs?: number
  /** Told by parsing unless set. */
  readonly language?: FunctionLanguage
}

/** Functions that were compiled once; what they keep between calls is kept between exits. */
export interface PreparedTrial {
  /** @throws POSTERN_TRIAL_STATUS_MISSING */
  run(exit: TrialExit): Promise<TriedExit>
}

/** Runs functions against exits, by the engine, the sandbox and the limits of the gateway. */
export interface Trials {
  /** @throws what the engine throws for a source that does not compile */
  prepare(functions: readonly TrialFunction[], options?: TrialOptions): PreparedTrial
  /** Ends the process of JavaScript functions, where there is one. */
  close(): Promise<void>
}

/** Makes the engine that the settings ask for. Call `hardenProcess` before functions are run. */
export function createTrials(config: GatewayConfig): Trials {
  const log = createTrialLog()
  const engine = createFunctionEngine(config, { log })

  function prepare(
    functions: readonly TrialFunction[],
    { timeoutMs = engine.timeoutMs, language = 'auto' }: TrialOptions = {},
  ): PreparedTrial {
    const failures: TrialFailure[] = []
    let compiled = 0
    const compile = (source: string, options: CompileOptions): CompiledExitFunction => {
      const { name } = functions[compiled++] as TrialFunction
      return watch(engine.compile(source, { ...options, name }), name, failures)
    }
    const sources = functions.map(({ source }) => source)
    const chains = chainsOf(compile, { sources, timeoutMs, language })
    const languages = sources.map((source) => languageOf(source, language))
    const named = functions.map(({ name }, index) => ({
      name,
      language: languages[index] as KnownLanguage,
    }))
    return {
      async run(exit) {
        await engine.ready(START_MS)
        return run({ exit, config, chains, named, failures, log })
      },
    }
  }

  return { prepare, close: () => engine.close() }
}

/** Longest wait for the process of JavaScript functions, in milliseconds. */
const START_MS = 10_000

/** Keeps what a function threw: the line that is logged has lost its place. */
function watch(
  fn: CompiledExitFunction,
  name: string,
  failures: TrialFailure[],
): CompiledExitFunction {
  const fail = (error: unknown): never => {
    failures.push(failureOf(error, name))
    throw error
  }
  return (input, context, kong, leftMs) => {
    try {
      const answer = fn(input, context, kong, leftMs)
      return answer instanceof Promise ? answer.catch(fail) : answer
    } catch (error) {
      return fail(error)
    }
  }
}

interface Instance {
  readonly sources: readonly string[]
  /** Undefined: as exit-transformer has it. */
  readonly timeoutMs: number | undefined
  readonly language: FunctionLanguage
}

/** One global instance that every exit reaches. */
function chainsOf(
  compile: (source: string, options: CompileOptions) => CompiledExitFunction,
  { sources, timeoutMs, language }: Instance,
): PluginChains {
  const plugin = createExitTransformerPlugin({ compile, check: () => undefined })
  const config = {
    functions: sources,
    handle_unknown: true,
    handle_unexpected: true,
    mode: 'enforce',
    timeout_ms: timeoutMs ?? null,
    language,
  }
  const instance = {
    id: INSTANCE_ID,
    name: plugin.name,
    config,
    enabled: true,
    protocols: ['http', 'https'],
    route: null,
    service: null,
    consumer: null,
  }
  return compilePlugins([instance], new Map([[plugin.name, plugin as Plugin]]))
}

const INSTANCE_ID = '00000000-0000-4000-8000-000000000001'

interface Run {
  readonly exit: TrialExit
  readonly config: GatewayConfig
  readonly chains: PluginChains
  readonly named: readonly { readonly name: string; readonly language: KnownLanguage }[]
  readonly failures: TrialFailure[]
  readonly log: ReturnType<typeof createTrialLog>
}

async function run({ exit: trial, config, chains, named, failures, log }: Run): Promise<TriedExit> {
  log.lines.length = 0
  const { ctx, exit } = openTrial(trial, { config, chains, log })
  const prepared = chains.global.plugins[0]?.prepared as PreparedExitTransformer
  const functions: TriedFunction[] = []
  const onStep = (step: FunctionStep): void => {
    const facts = named[functions.length] as Run['named'][number]
    const logged = log.lines.splice(0)
    functions.push(triedFunction(exit, step, { ...facts, logged, failure: failures.pop() }))
  }
  const { kong } = ctx
  const context = new ExitContext(exit, kong)
  // What the gateway writes to its own log of a failure is told by the step.
  const around = { context, kong, log: { err: () => {} }, totalMs: prepared.totalMs, onStep }
  const reduced = await reduceExit(exit, prepared.functions, around)
  return { reason: exit.reason, before: partsOf(exit), functions, response: sentAs(reduced, ctx) }
}

interface StepFacts {
  readonly name: string
  readonly language: KnownLanguage
  readonly logged: readonly string[]
  readonly failure: TrialFailure | undefined
}

function triedFunction(exit: Exit, step: FunctionStep, facts: StepFacts): TriedFunction {
  const { name, language, logged, failure } = facts
  const changes =
    step.before === step.after
      ? undefined
      : diffExits({ ...exit, ...step.before }, { ...exit, ...step.after })
  const problem =
    step.problem === undefined ? undefined : (failure ?? { message: step.problem, code: undefined })
  return {
    name,
    language,
    outcome: step.outcome,
    milliseconds: Math.round(step.tookMs * 1000) / 1000,
    ...(changes !== undefined && { changes }),
    ...(problem !== undefined && { problem }),
    ...(logged.length > 0 && { log: logged }),
  }
}

function partsOf({ status, body, headers }: Exit): TriedExit['before'] {
  const shown = body instanceof Uint8Array ? Buffer.from(body).toString('utf8') : body
  return { status, body: shown ?? null, headers: headers ?? {} }
}

/** As it would go out, but for what the gateway says about itself: Server, request id, latency. */
function sentAs(exit: Exit, ctx: PhaseContext): TriedExit['response'] {
  ctx.phase = exit.phase
  const { status, headers, body, failure } = renderExit(exit, ctx)
  tellCharset(headers)
  return {
    status,
    headers: tableOf(headers),
    body: body === undefined ? '' : Buffer.from(body).toString('utf8'),
    ...(failure !== undefined && { problem: failure.message }),
  }
}

/** Names of headers are those of functions: the table must not inherit any. */
function tableOf(headers: HeaderList): TriedExit['response']['headers'] {
  const table: Record<string, string | string[]> = Object.create(null) as Record<string, string>
  const raw = headers.toRaw()
  for (let at = 0; at < raw.length; at += 2) {
    const [name = '', value = ''] = raw.slice(at, at + 2)
    const before = table[name]
    table[name] = before === undefined ? value : [before, value].flat()
  }
  return table
}
