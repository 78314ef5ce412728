import { type AdminRequest, type Endpoint, NO_CONTENT, ok, type Reply } from './endpoint.ts'
import type { StatusFormat } from './options.ts'
import { notFound, refuse } from './refusal.ts'
import type { AdminContext } from './write-context.ts'

/** Paths about the node itself. */
export function nodeEndpoints(admin: AdminContext): Endpoint[] {
  return [
    { path: '/', methods: { GET: () => showNode(admin) } },
    { path: '/status', methods: { GET: (request) => showStatus(admin, request) } },
    { path: '/timers', methods: { GET: showTimers } },
    {
      path: '/plugins/enabled',
      methods: { GET: () => ok({ enabled_plugins: pluginNames(admin) }) },
    },
    // Nothing is cached between store and Snapshot, so every key is a miss.
    { path: '/cache', methods: { DELETE: () => NO_CONTENT } },
    { path: '/cache/:key', methods: { GET: missCache, DELETE: () => NO_CONTENT } },
    { path: '/config', methods: { GET: refuseConfig, POST: refuseConfig } },
    { path: '/clustering/:path', methods: { GET: refuseClustering } },
  ]
}

async function showNode({ options }: AdminContext): Promise<Reply> {
  const { node, plugins } = options
  const available = [...plugins].map(([name, { version, priority }]) => {
    return [name, { version, priority }] as const
  })
  return ok({
    version: node.version,
    edition: 'community',
    tagline: 'Welcome to Postern',
    hostname: node.hostname,
    node_id: node.id,
    lua_version: 'Lua 5.1',
    timers: { running: 0, pending: countTimers() },
    plugins: {
      available_on_server: Object.fromEntries(available),
      enabled_in_cluster: await namesInUse(options),
    },
    pids: node.pids?.() ?? { master: process.pid, workers: [] },
    configuration: node.configuration,
  })
}

async function namesInUse({ store }: AdminContext['options']): Promise<string[]> {
  const names = new Set<string>()
  let page = await store.page('plugins', { size: 1000 })
  while (true) {
    for (const { name } of page.rows) names.add(String(name))
    const after = page.rows.at(-1)?.id
    if (!page.more || after === undefined) return [...names].sort()
    page = await store.page('plugins', { size: 1000, after })
  }
}

function pluginNames({ options }: AdminContext): string[] {
  return [...options.plugins.keys()].sort()
}

async function showStatus({ options }: AdminContext, { query }: AdminRequest): Promise<Reply> {
  const own = options.node.status?.(statusFormat(query)) ?? {}
  const memory = { workers_lua_vms: [], lua_shared_dicts: {} }
  if (options.isReadOnly === true) return ok({ memory, ...own })
  return ok({ memory, database: { reachable: await isReachable(options) }, ...own })
}

async function isReachable({ store, onError }: AdminContext['options']): Promise<boolean> {
  try {
    await store.page('services', { size: 1 })
    return true
  } catch (error) {
    onError?.(error)
    return false
  }
}

const UNITS: readonly string[] = ['b', 'k', 'm', 'g']

function statusFormat(query: URLSearchParams): StatusFormat {
  const given = query.get('unit') ?? 'm'
  const unit = given.toLowerCase()
  if (!UNITS.includes(unit)) {
    throw refuse(400, `invalid unit '${given}' (expected 'k/K', 'm/M', or 'g/G')`)
  }
  const scale = Number(query.get('scale') ?? 2)
  const isScale = Number.isInteger(scale) && scale >= 0 && scale <= 10
  return { unit: unit as StatusFormat['unit'], scale: isScale ? scale : 2 }
}

/** Node has no list of timers with their names, only how many there are. */
function showTimers(): Reply {
  const pending = countTimers()
  const sys = { running: 0, pending, total: pending }
  return ok({ worker: { id: 0, count: 1 }, stats: { sys, timers: {} } })
}

function countTimers(): number {
  return process.getActiveResourcesInfo().filter((kind) => kind === 'Timeout').length
}

function missCache(): never {
  throw notFound()
}

function refuseConfig(): never {
  throw refuse(400, 'this endpoint is only available when Kong is configured to not use a database')
}

function refuseClustering(): never {
  throw refuse(
    400,
    'this endpoint is only available when Kong is configured to run as Control Plane for the cluster',
  )
}
