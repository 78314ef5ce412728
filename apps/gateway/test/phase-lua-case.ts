// Functions of pre-function in Lua, by way of the real plugin and the real phases.
import { HeaderList } from '@postern/pdk-response'
import {
  compilePlugins,
  createPhaseContext,
  type NodeFacts,
  type PhaseContext,
  type Plugin,
  runPhase,
} from '@postern/plugin-runtime'
import { createPreFunctionPlugin } from '@postern/pre-function'
import { expect } from 'vitest'
import { luaEndowments, type LuaReach } from '../src/functions/lua-endowments.ts'
import { createPhaseEngine } from '../src/functions/phase-engine.ts'
import { logLines } from '../src/functions/run-case.ts'

/** The settings of `untrusted_functions` with which functions run. */
export const REACHES: readonly LuaReach[] = ['strict', 'sandbox', 'lax', 'on']

/** pre-function, with access functions in Lua under a setting. */
export function functionsOf(reach: LuaReach, node: Partial<NodeFacts> = {}) {
  const { log, lines } = logLines()
  const settings = { untrusted_lua_sandbox_requires: [], untrusted_lua_sandbox_environment: [] }
  const endowments = luaEndowments({ ...settings, untrusted_functions: reach })
  const lua = { mode: reach === 'on' ? 'on' : 'sandbox', log, ...endowments } as const
  const noHost = (): never => expect.unreachable()
  const plugin = createPreFunctionPlugin(
    createPhaseEngine({ lua, host: { host: noHost } as never }),
  )
  const facts = { ...NODE, ...node }
  const run = (source: string, id = 'first'): PhaseContext => {
    const instance = { ...INSTANCE, id, config: { ...NO_FUNCTIONS, access: [source] } }
    const chains = compilePlugins([instance], new Map([[plugin.name, plugin as Plugin]]))
    const ctx = createPhaseContext({ chains, node: facts, log, request: REQUEST })
    // Known, so that no function waits for it.
    ctx.body = new Uint8Array()
    expect(runPhase(ctx, 'access')).toBeUndefined()
    return ctx
  }
  /** What expressions are, as the exit of an access function tells it. */
  const valueOf = (expression: string, id?: string): unknown => {
    const { exit } = run(`kong.response.exit(200, { v = ${expression} })`, id)
    expect(exit?.reason, lines.join('\n')).toBe('plugin.exit')
    return (exit?.body as { v?: unknown } | undefined)?.v
  }
  return { run, valueOf, lines }
}

const NO_FUNCTIONS = {
  rewrite: [],
  access: [],
  header_filter: [],
  body_filter: [],
  log: [],
  certificate: [],
}

const INSTANCE = {
  name: 'pre-function',
  enabled: true,
  protocols: ['http'],
  route: null,
  service: null,
  consumer: null,
}

const NODE: NodeFacts = {
  id: '00000000-0000-4000-8000-000000000001',
  hostname: 'here',
  version: '0.1.0',
  configuration: { prefix: '/p', nested: { port: 1 }, pg_password: 'x' },
  isTrusted: () => false,
  hasUpstream: () => false,
  loadConsumer: () => undefined,
}

const REQUEST = {
  id: 'cafe',
  method: 'GET',
  target: '/',
  rawPath: '/',
  rawQuery: '',
  path: '/',
  httpVersion: 1.1,
  scheme: 'http' as const,
  host: 'example.com',
  port: 8000,
  headers: new HeaderList(),
  peerAddress: '127.0.0.1',
  peerPort: 40_000,
  clientAddress: '127.0.0.1',
  clientPort: 40_000,
  localPort: 8000,
  startedAtMs: 0,
  sni: undefined,
}
