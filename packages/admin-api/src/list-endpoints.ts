import { type Endpoint, ok } from './endpoint.ts'
import { entityEndpoints } from './entity-endpoints.ts'
import type { EntityModel } from './entity-model.ts'
import { foreignEndpoints } from './foreign-endpoints.ts'
import { nestedEndpoints } from './nested-endpoints.ts'
import { nodeEndpoints } from './node-endpoints.ts'
import { schemaEndpoints } from './schema-endpoints.ts'
import { tagEndpoints } from './tag-endpoints.ts'
import { targetEndpoints } from './target-endpoints.ts'
import type { AdminContext } from './write-context.ts'

/** All paths, the fixed ones before those with variable parts that would take them as well. */
export function listEndpoints(admin: AdminContext): readonly Endpoint[] {
  const endpoints = [
    ...nodeEndpoints(admin),
    ...(admin.options.endpoints ?? []),
    ...schemaEndpoints(admin),
    ...tagEndpoints(admin),
    ...generatedEndpoints(admin),
  ]
  const paths = ['/endpoints', ...endpoints.map(({ path }) => path.replace(/:(\w+)/g, '{$1}'))]
  const listed = ok({ data: paths.sort() })
  return [{ path: '/endpoints', methods: { GET: () => listed } }, ...endpoints]
}

/** What follows from the descriptions of entities. */
function generatedEndpoints(admin: AdminContext): Endpoint[] {
  const models = [...admin.models.values()]
  const own = models.filter(isServed).flatMap((model) => entityEndpoints(admin, model))
  const related = models.flatMap((model) =>
    model.foreign.flatMap(({ field, reference }) => {
      const target = admin.models.get(reference)
      if (target === undefined) return []
      const nesting = { parent: target, child: model, field }
      if (model.name === 'targets') return targetEndpoints(admin, nesting)
      const side = hasForeignSide(model.name) && isServed(model) ? [{ model, field, target }] : []
      return [
        ...nestedEndpoints(admin, nesting),
        ...side.flatMap((one) => foreignEndpoints(admin, one)),
      ]
    }),
  )
  return [...own, ...related]
}

/** Targets are reached through their Upstream only. */
function isServed({ name, schema }: EntityModel): boolean {
  return name !== 'targets' && schema.generate_admin_api !== false
}

/** Kong answers 404 below `/snis/{}/certificate`. */
function hasForeignSide(entity: string): boolean {
  return entity !== 'snis'
}
