import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import type { DataPlane } from './data-plane.ts'
import type { InlineSteps } from './plugins/inline-plugin.ts'

/** An entity with what is nested in it, in Kong's declarative shape. */
export type Declared = Readonly<Record<string, unknown>>

/** A throw-away plugin, as a case declares it. */
interface Inline {
  readonly priority: number
  readonly steps: InlineSteps
}

/**
 * Files that the setting `plugins` can name, one for each throw-away plugin in a configuration.
 *
 * @param folder where they are written
 */
export function inlinePluginFiles(configuration: Declared, folder: string): readonly string[] {
  const declared = new Map<string, { priority: number; phases: Set<string> }>()
  for (const { name, inline } of inlinePluginsIn(configuration)) {
    const known = declared.get(name) ?? { priority: inline.priority, phases: new Set<string>() }
    for (const phase of Object.keys(inline.steps)) known.phases.add(phase)
    declared.set(name, known)
  }
  const factory = pathToFileURL(path.join(import.meta.dirname, 'plugins/inline-plugin.ts')).href
  return [...declared].map(([name, { priority, phases }]) => {
    const file = path.join(folder, `${name}.mjs`)
    const args = [name, priority, [...phases]].map((arg) => JSON.stringify(arg)).join(', ')
    const source = `import { inlinePlugin } from '${factory}'\nexport default inlinePlugin(${args})\n`
    writeFileSync(file, source)
    return file
  })
}

function inlinePluginsIn(value: unknown): { name: string; inline: Inline }[] {
  if (Array.isArray(value)) return value.flatMap(inlinePluginsIn)
  if (typeof value !== 'object' || value === null) return []
  if ('inline' in value) return [value as { name: string; inline: Inline }]
  return Object.values(value).flatMap(inlinePluginsIn)
}

/** Adds the entities of a configuration to a gateway, the outer ones first. */
export async function addDeclared(gateway: DataPlane, configuration: Declared): Promise<void> {
  for (const [entity, rows] of Object.entries(configuration)) {
    if (!Array.isArray(rows)) continue
    for (const row of rows as readonly Declared[]) await addRow(gateway, entity, row, {})
  }
}

/** What is nested in an entity, and the field that leads back to it. */
const NESTED: Readonly<Record<string, string>> = {
  services: 'service',
  routes: 'route',
  consumers: 'consumer',
  upstreams: 'upstream',
}

async function addRow(
  gateway: DataPlane,
  entity: string,
  row: Declared,
  foreign: Declared,
): Promise<void> {
  const own: Record<string, unknown> = { ...foreign }
  const nested: [string, readonly Declared[]][] = []
  for (const [field, value] of Object.entries(row)) {
    const isNested = field !== 'tags' && NESTED[entity] !== undefined && isListOfRows(field, value)
    if (isNested) nested.push([field, value])
    else if (field === 'inline') own['config'] = { steps: JSON.stringify((value as Inline).steps) }
    else own[field] = value
  }
  const { id } = await gateway.add(entity, own)
  for (const [child, rows] of nested) {
    for (const one of rows)
      await addRow(gateway, child, one, { [NESTED[entity] as string]: { id } })
  }
}

function isListOfRows(field: string, value: unknown): value is readonly Declared[] {
  if (!Array.isArray(value)) return false
  if (value.length === 0) return field === 'plugins' || field in NESTED
  return value.every((one) => typeof one === 'object')
}
