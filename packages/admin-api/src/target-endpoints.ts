import type { Entity } from '@postern/store'
import {
  type AdminRequest,
  type Endpoint,
  NO_CONTENT,
  ok,
  paramOf,
  type Reply,
} from './endpoint.ts'
import {
  findExisting,
  findParent,
  listChildren,
  type Nesting,
  nestedEndpoints,
  patchChild,
} from './nested-endpoints.ts'
import type { TargetHealth } from './options.ts'
import { refuse } from './refusal.ts'
import type { AdminContext } from './write-context.ts'

/**
 * `/upstreams/{}/targets` and what hangs on it. Targets are reached through their Upstream only.
 *
 * @see Kong Gateway, kong/api/routes/upstreams.lua
 */
export function targetEndpoints(admin: AdminContext, nesting: Nesting): Endpoint[] {
  const upstream = `/${nesting.parent.path}/:${nesting.parent.name}`
  const target = `${upstream}/targets/:${nesting.child.name}`
  const setHealth = (health: boolean) => ({
    PUT: (request: AdminRequest) => setTargetHealth(admin, nesting, request, health),
  })
  return [
    {
      path: `${upstream}/targets/all`,
      methods: { GET: (request) => listChildren(admin, nesting, request) },
    },
    {
      path: `${upstream}/health`,
      methods: { GET: (request) => showHealth(admin, nesting, request) },
    },
    { path: `${target}/healthy`, methods: setHealth(true) },
    { path: `${target}/unhealthy`, methods: setHealth(false) },
    { path: `${target}/:address/healthy`, methods: setHealth(true) },
    { path: `${target}/:address/unhealthy`, methods: setHealth(false) },
    ...nestedEndpoints(admin, nesting).map((endpoint) => asInKong(admin, nesting, endpoint)),
  ]
}

/** Lists only Targets in rotation; PUT does what PATCH does, and makes none. */
function asInKong(admin: AdminContext, nesting: Nesting, endpoint: Endpoint): Endpoint {
  const { methods, path } = endpoint
  if (methods.PUT === undefined) {
    const GET = (request: AdminRequest) => listActive(admin, nesting, request)
    return { path, methods: { ...methods, GET } }
  }
  const PUT = (request: AdminRequest) => patchChild(admin, nesting, request)
  return { path, methods: { ...methods, PUT } }
}

/** A weight of 0 takes a Target out of rotation, and out of this list. */
async function listActive(
  admin: AdminContext,
  nesting: Nesting,
  request: AdminRequest,
): Promise<Reply> {
  const keep = (target: Entity) => target.weight !== 0
  return listChildren(admin, nesting, request, keep)
}

async function showHealth(
  admin: AdminContext,
  nesting: Nesting,
  request: AdminRequest,
): Promise<Reply> {
  const { store, node } = admin.options
  const upstream = await findParent(admin, store, nesting.parent, request)
  if (request.query.get('balancer_health') === '1') {
    return ok({ data: balancerHealth(admin, upstream), next: null, node_id: node.id })
  }
  const { body } = await listActive(admin, nesting, request)
  const page = body as { readonly data: readonly Entity[] }
  const data = page.data.map((target) => ({ ...target, ...healthOf(admin, upstream, target.id) }))
  return ok({ ...page, data, node_id: node.id })
}

/** An Upstream that nothing checks has every Target in rotation. */
function balancerHealth(admin: AdminContext, upstream: Entity): Readonly<Record<string, unknown>> {
  const isChecked = hasHealthchecks(upstream) && admin.options.health !== undefined
  const health = isChecked ? 'HEALTHY' : 'HEALTHCHECKS_OFF'
  return { id: upstream.id, health, balancer_health: 'HEALTHY', details: {} }
}

const NOT_CHECKED: TargetHealth = { health: 'HEALTHCHECKS_OFF' }

function healthOf({ options }: AdminContext, upstream: Entity, targetId: string): TargetHealth {
  if (!hasHealthchecks(upstream)) return NOT_CHECKED
  return options.health?.of(upstream.id, targetId) ?? NOT_CHECKED
}

async function setTargetHealth(
  admin: AdminContext,
  nesting: Nesting,
  request: AdminRequest,
  isHealthy: boolean,
): Promise<Reply> {
  const { store, health } = admin.options
  const upstream = await findParent(admin, store, nesting.parent, request)
  const { row } = await findExisting(admin, store, nesting, request)
  const address = request.params.address === undefined ? undefined : paramOf(request, 'address')
  const isSet =
    hasHealthchecks(upstream) && health?.set(upstream.id, row.id, address, isHealthy) === true
  if (!isSet) throw refuse(400, `no healthchecker found for ${String(upstream.name)}`)
  return NO_CONTENT
}

/** Whether any counter or interval of the Upstream's health checks is switched on. */
function hasHealthchecks({ healthchecks }: Entity): boolean {
  const { active, passive } = (healthchecks ?? {}) as Record<string, Rules | undefined>
  const actively = [active?.healthy?.interval, active?.unhealthy?.interval]
  const { tcp_failures, http_failures, timeouts } = passive?.unhealthy ?? {}
  const counters = [...actively, passive?.healthy?.successes, tcp_failures, http_failures, timeouts]
  return counters.some((counter) => typeof counter === 'number' && counter > 0)
}

interface Rules {
  readonly healthy?: Readonly<Record<string, unknown>>
  readonly unhealthy?: Readonly<Record<string, unknown>>
}
