// Only for tests: an exit through one function, by way of the real plugin and the real phases.
import {
  countersOf,
  createExitTransformerPlugin,
  type CompiledExitFunction,
  type FunctionCounters,
} from '@postern/exit-transformer'
import type { Route, Service } from '@postern/entities'
import { type Exit, HeaderList } from '@postern/pdk-response'
import {
  compilePlugins,
  createPhaseContext,
  type Log,
  type NodeFacts,
  type PhaseContext,
  type Plugin,
  type PluginInstance,
  runExitHooks,
} from '@postern/plugin-runtime'
import type { CaseAnswer, CaseExit, CaseRow } from './function-case.ts'

/** What a case says of its request and of its configuration. */
export interface CaseRequest {
  readonly headers?: Readonly<Record<string, string>> | undefined
  readonly target?: string
  /** Default: more than any function needs, on a busy machine too. */
  readonly timeoutMs?: number
  readonly isShadow?: boolean
}

/** A request on a Route, about to be answered with an exit. */
export interface RunningCase {
  readonly ctx: PhaseContext
  /** What was logged for this request, without the name of the plugin. */
  readonly lines: readonly string[]
  /** Of the function that was run last. */
  readonly counters: FunctionCounters
  reduce(fn: CompiledExitFunction, exit: CaseExit): Exit | Promise<Exit>
}

/** Opens a request whose exits go through a function. */
export function caseRequest(request: CaseRequest): RunningCase {
  const { log, lines } = logLines()
  let current: { readonly fn: CompiledExitFunction; readonly ctx: PhaseContext } | undefined
  let counters: FunctionCounters | undefined

  function open(fn: CompiledExitFunction): PhaseContext {
    if (current?.fn === fn) return current.ctx
    const { ctx, found } = contextFor(fn, request, log, current?.ctx)
    counters = found
    current = { fn, ctx }
    return ctx
  }

  const nothing: CompiledExitFunction = () => ({ kind: 'unchanged' })
  open(nothing)
  return {
    lines,
    get ctx() {
      return current?.ctx as PhaseContext
    },
    get counters() {
      return counters as FunctionCounters
    },
    reduce(fn, exit) {
      return runExitHooks(open(fn), exitOf(exit))
    },
  }
}

/** A log that keeps its lines. */
export function logLines(): { readonly log: Log; readonly lines: string[] } {
  const lines: string[] = []
  const at =
    (level: string) =>
    (...values: readonly unknown[]): void =>
      void lines.push(`${level} ${values.join('').replace(/^\[exit-transformer\] /, '')}`)
  const levels = ['debug', 'info', 'notice', 'warn', 'err', 'crit', 'alert', 'emerg']
  return { log: Object.fromEntries(levels.map((level) => [level, at(level)])) as never, lines }
}

/** What a row says has to come out. */
export function expectedAnswer({ exit, answer }: CaseRow): CaseAnswer {
  if (answer === 'unchanged') return answerOf(exitOf(exit))
  return { ...answer, headers: answer.headers ?? {} }
}

/** An Exit in the words of a row; its Content-Type only where the row tells one. */
export function answerOf(exit: Exit, row?: CaseRow): CaseAnswer {
  const headers = Object.entries(exit.headers ?? {}).map(([name, value]) => [name, String(value)])
  const type = headers.find(([name]) => name === 'Content-Type')?.[1]
  const isTold = row === undefined ? type !== undefined : tellsType(row)
  return {
    status: exit.status,
    body: decoded(exit.body),
    headers: Object.fromEntries(headers.filter(([name]) => name !== 'Content-Type')),
    ...(isTold && type !== undefined ? { contentType: type } : {}),
  }
}

function tellsType({ exit, answer }: CaseRow): boolean {
  if (answer !== 'unchanged') return answer.contentType !== undefined
  return exit.headers?.['Content-Type'] !== undefined
}

function decoded(body: Exit['body']): CaseAnswer['body'] {
  if (body === undefined) return null
  if (typeof body !== 'string' || !/^\s*[[{]/.test(body)) return body
  return JSON.parse(body) as object
}

function exitOf({ status, body, headers }: CaseExit): Exit {
  return {
    status,
    body,
    headers,
    source: 'exit',
    kind: 'ordinary',
    reason: 'plugin.exit',
    message: undefined,
    phase: 'access',
    plugin: 'refuser',
  }
}

function contextFor(
  fn: CompiledExitFunction,
  request: CaseRequest,
  log: Log,
  before: PhaseContext | undefined,
): { readonly ctx: PhaseContext; readonly found: FunctionCounters | undefined } {
  const plugin = createExitTransformerPlugin({ check: () => undefined, compile: () => fn })
  const config = {
    functions: ['return'],
    handle_unknown: true,
    handle_unexpected: true,
    mode: request.isShadow === true ? 'shadow' : 'enforce',
    timeout_ms: request.timeoutMs ?? 10_000,
    language: 'auto',
  }
  const plugins = new Map([[plugin.name, plugin as Plugin]])
  const chains = compilePlugins([instanceOf(plugin.name, config)], plugins)
  const ctx =
    before === undefined
      ? createPhaseContext({ chains, node: NODE, log, request: requestFacts(request) })
      : Object.assign(before, { chains, plugins: chains.global })
  ctx.route = { id: 'route-1', name: 'r', protocols: ['http'] } as unknown as Route
  ctx.service = { id: 'service-1', name: 'svc' } as Service
  ctx.response.status = 200
  return { ctx, found: countersOf(chains.global.plugins[0]?.prepared)[0] }
}

function instanceOf(name: string, config: unknown): PluginInstance {
  return {
    id: 'instance-1',
    name,
    config,
    enabled: true,
    protocols: ['http'],
    route: null,
    service: null,
    consumer: null,
  }
}

const NODE: NodeFacts = {
  id: '00000000-0000-4000-8000-000000000001',
  hostname: 'here',
  version: '0.1.0',
  configuration: { pg_password: '******' },
  isTrusted: () => false,
  hasUpstream: () => false,
  loadConsumer: () => undefined,
}

function requestFacts({ headers = {}, target = '/' }: CaseRequest) {
  const [rawPath = '', rawQuery = ''] = target.split('?')
  return {
    id: 'cafe',
    method: 'GET',
    target,
    rawPath,
    rawQuery,
    path: rawPath,
    httpVersion: 1.1,
    scheme: 'http' as const,
    host: 'example.com',
    port: 8000,
    headers: HeaderList.fromRaw(Object.entries(headers).flat()),
    peerAddress: '127.0.0.1',
    peerPort: 40_000,
    clientAddress: '127.0.0.1',
    clientPort: 40_000,
    localPort: 8000,
    startedAtMs: 0,
    sni: undefined,
  }
}
