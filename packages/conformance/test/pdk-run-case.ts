import { EXIT_SIGNAL, renderExit } from '@postern/pdk-response'
import { definePlugin, type Kong, type PhaseContext, pdkFunctions } from '@postern/plugin-runtime'
import { createPluginTest, type PluginTestOptions } from '@postern/plugin-testkit'
import { type PdkCall, type PdkCase, valueOf } from './pdk-case.ts'

/** What came of a case. */
export interface PdkResult {
  status?: number
  headers?: (name: string) => readonly string[]
  body?: string
  closed?: boolean
  streamOutput?: string
  finalize?: number
  logs: readonly string[]
  /** One list for each main call; null where the call did not return. */
  returns: (readonly unknown[] | null)[]
  lastReturns: (readonly unknown[] | null)[]
  /** One text for each main call; null where it did not throw. */
  errors: (string | null)[]
}

/** Runs a case: each list of calls is a plugin, the one that the case is about stands in the middle. */
export async function runPdkCase(test: PdkCase): Promise<PdkResult> {
  const result: PdkResult = { logs: [], returns: [], lastReturns: [], errors: [] }
  const main = (kong: Kong): Promise<void> => runMain(kong, test.calls, result)
  const needsHand = HAND_MADE.has(test.phase) || hasFlags(test)
  if (needsHand) await runByHand(test, result, main)
  else if (test.context?.subsystem === 'stream') await runStream(test, result, main)
  else await runRequest(test, result, main)
  return result
}

/** Phases in which no plugin runs. */
const HAND_MADE = new Set(['admin_api', 'error', 'client_hello', 'balancer', 'init_worker'])

/** The case says where the response came from, instead of letting it come from there. */
function hasFlags({ context = {} }: PdkCase): boolean {
  return ['proxied', 'exited', 'unexpected'].some((flag) => flag in context)
}

async function runRequest(
  test: PdkCase,
  result: PdkResult,
  main: (kong: Kong) => unknown,
): Promise<void> {
  const { before = [], also = [] } = test
  const others = [
    ...before.map(({ phase, calls }, i) => ({
      plugin: caller(`before${i}`, 99 - i, phase, calls),
    })),
    ...also.map(({ phase, calls }, i) => ({ plugin: caller(`also${i}`, 9 - i, phase, calls) })),
  ]
  const done = await createPluginTest(pluginOf('main', 50, test.phase, main), {
    ...optionsOf(test),
    others,
  }).run()
  result.status = done.status
  result.headers = (name) => done.headers.getAll(name)
  result.body = done.body
  result.closed = done.closed
  result.logs = done.logs.map(({ text }) => text)
}

async function runStream(
  test: PdkCase,
  result: PdkResult,
  main: (kong: Kong) => unknown,
): Promise<void> {
  const plugin = pluginOf('main', 50, 'preread', main)
  const done = await createPluginTest(plugin, optionsOf(test)).runStream()
  result.streamOutput = done.output
  result.finalize = done.status
  result.logs = done.logs.map(({ text }) => text)
}

/** The functions are called with a phase that is merely set, as a content handler would. */
async function runByHand(
  test: PdkCase,
  result: PdkResult,
  main: (kong: Kong) => unknown,
): Promise<void> {
  const { ctx, logs } = createPluginTest(
    pluginOf('none', 1, 'log', () => undefined),
    {
      ...optionsOf(test),
    },
  ).open()
  ctx.phase = test.phase as PhaseContext['phase']
  ctx.response.proxied = test.context?.proxied ?? test.upstream !== undefined
  ctx.response.exited = test.context?.exited ?? false
  ctx.response.unexpected = test.context?.unexpected ?? false
  ctx.response.status = test.upstream?.status ?? 200
  openContexts.set(ctx.kong, ctx)
  try {
    await main(ctx.kong)
  } catch (error) {
    if (error !== EXIT_SIGNAL) throw error
  }
  if (ctx.exit !== undefined) {
    const rendered = renderExit(ctx.exit, ctx)
    result.body = rendered.body === undefined ? '' : Buffer.from(rendered.body as string).toString()
  }
  result.status = ctx.response.status
  result.headers = (name) => ctx.response.headers.getAll(name)
  result.logs = logs.map(({ text }) => text)
}

/** What `$send_headers` needs of a request that is run by hand. */
const openContexts = new WeakMap<Kong, PhaseContext>()

function optionsOf({ request = {}, context = {}, upstream = {} }: PdkCase): PluginTestOptions {
  const { header_flood: flood = 0, headers, fault, ...answer } = upstream
  const flooded = Array.from({ length: flood }, (_, i) => [`X-Header-${i + 1}`, 'test'] as const)
  return {
    request: {
      id: 'cafe',
      httpVersion: context.http_version ?? 1.1,
      ...(request.method !== undefined && { method: request.method }),
      ...(request.path !== undefined && { path: String(valueOf(request.path)) }),
      ...(request.headers !== undefined && { headers: request.headers }),
      ...(request.body !== undefined && { body: request.body }),
    },
    upstream:
      fault === undefined
        ? { ...answer, headers: { ...headers, ...Object.fromEntries(flooded) } }
        : { fault },
  }
}

function pluginOf(name: string, priority: number, phase: string, run: (kong: Kong) => unknown) {
  const schema = { fields: { config: { type: 'record', required: true, fields: {} } } } as const
  // body_filter must not wait, and the functions called there do not.
  const handler = (kong: Kong): unknown => {
    const ran = run(kong)
    return phase === 'body_filter' ? undefined : ran
  }
  return definePlugin({ name, version: '1.0.0', priority, schema, [phase]: handler })
}

function caller(name: string, priority: number, phase: string, calls: readonly PdkCall[]) {
  return pluginOf(name, priority, phase, (kong) => {
    for (const one of calls) call(kong, one)
  })
}

/** What the calls throw is noted, and the next one follows; an exit that ends the handler does. */
function runMain(kong: Kong, calls: readonly PdkCall[], result: PdkResult): Promise<void> {
  const returns: (readonly unknown[] | null)[] = calls.map(() => null)
  if (result.returns.length === 0) result.returns = returns
  result.lastReturns = returns
  const errors: (string | null)[] = calls.map(() => null)
  result.errors = errors
  const waits: Promise<void>[] = []
  for (const [index, one] of calls.entries()) {
    try {
      const values = call(kong, one)
      returns[index] = values.map((value) => (value instanceof Uint8Array ? text(value) : value))
      waits.push(settle(returns, index))
    } catch (error) {
      if (error === EXIT_SIGNAL || one[0] === '$raise') throw error
      errors[index] = (error as Error).message
    }
  }
  return Promise.all(waits).then(() => undefined)
}

/** Bodies of requests and Consumers may come later. */
async function settle(returns: (readonly unknown[] | null)[], index: number): Promise<void> {
  const values = await Promise.all(returns[index] ?? [])
  returns[index] = values.map((value) => (value instanceof Uint8Array ? text(value) : value))
}

const functionByName = new Map(pdkFunctions.map((one) => [one.name, one]))

function call(kong: Kong, [name, ...args]: PdkCall): readonly unknown[] {
  if (name === '$raise') throw new Error(String(args[0]))
  if (name === '$send_headers') {
    const ctx = openContexts.get(kong)
    if (ctx !== undefined) ctx.response.headSent = true
    return []
  }
  const pdkFunction = functionByName.get(name)
  if (pdkFunction === undefined) throw new Error(`no function ${name}`)
  return pdkFunction.call(kong, args.map(valueOf))
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8')
