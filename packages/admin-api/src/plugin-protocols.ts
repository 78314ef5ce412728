import type { Entity, Reader } from '@postern/store'
import { schemaViolation } from './refusal.ts'

/**
 * Holds a plugin to the protocols of what it is set up for: it has to share one with its Route, or
 * with some Route of its Service where that has any.
 *
 * @see Kong Gateway, kong/db/dao/plugins.lua: check_protocols_match
 * @throws Refusal code 2
 */
export async function checkPluginProtocols(reader: Reader, plugin: Entity): Promise<void> {
  const route = idIn(plugin.route)
  if (route !== undefined) return checkRoute(reader, plugin, route)
  const service = idIn(plugin.service)
  if (service !== undefined) return checkService(reader, plugin, service)
}

async function checkRoute(reader: Reader, plugin: Entity, id: string): Promise<void> {
  const route = await reader.select('routes', id)
  // A Route that is not there is told about when the plugin is stored.
  if (route === undefined || hasCommonProtocol(plugin, route)) return
  throw schemaViolation({ protocols: "must match the associated route's protocols" })
}

async function checkService(reader: Reader, plugin: Entity, id: string): Promise<void> {
  const query = { size: 1000, where: { service: { id } } }
  let page = await reader.page('routes', query)
  if (page.rows.length === 0) return
  while (!page.rows.some((route) => hasCommonProtocol(plugin, route))) {
    const after = page.rows.at(-1)?.id
    if (!page.more || after === undefined) throw schemaViolation({ protocols: NO_ROUTE })
    page = await reader.page('routes', { ...query, after })
  }
}

const NO_ROUTE = "must match the protocols of at least one route pointing to this Plugin's service"

function hasCommonProtocol(plugin: Entity, route: Entity): boolean {
  const allowed = new Set((route.protocols ?? []) as readonly string[])
  return ((plugin.protocols ?? []) as readonly string[]).some((protocol) => allowed.has(protocol))
}

function idIn(value: unknown): string | undefined {
  return (value as Entity | null | undefined)?.id
}
