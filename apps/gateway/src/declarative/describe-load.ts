import type { LoadedDeclarative } from './declarative-source.ts'
import type { RowChanges } from './replace-rows.ts'

/** One line about a file that was loaded: `revision 2 in 12 ms: 1 route changed, 2 plugins added`. */
export function describeLoad(loaded: LoadedDeclarative): string {
  const { revision, changes, changedModules, milliseconds } = loaded
  const modules = { entity: 'modules', added: 0, changed: changedModules.length, removed: 0 }
  const parts = [...changes, modules].flatMap(partsOf)
  const what = parts.length === 0 ? 'nothing changed' : parts.join(', ')
  return `revision ${revision} in ${Math.round(milliseconds)} ms: ${what}`
}

function partsOf({ entity, added, changed, removed }: RowChanges): string[] {
  const counts = { added, changed, removed }
  return Object.entries(counts).flatMap(([verb, count]) =>
    count === 0 ? [] : [`${count} ${count === 1 ? singular(entity) : entity} ${verb}`],
  )
}

/** Names of tables are plurals. */
function singular(entity: string): string {
  return entity.replace(/s$/, '')
}
