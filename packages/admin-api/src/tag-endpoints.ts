import { type AdminRequest, type Endpoint, ok, paramOf, type Reply } from './endpoint.ts'
import { answerPage, parseOffset, parseSize } from './page-collection.ts'
import { schemaViolation } from './refusal.ts'
import type { AdminContext } from './write-context.ts'

/** `/tags` and `/tags/{tag}`: which entities carry which tags. They are written with entities. */
export function tagEndpoints(admin: AdminContext): Endpoint[] {
  return [
    { path: '/tags', methods: { GET: (request) => listTags(admin, request), POST: refuseWrite } },
    { path: '/tags/:tags', methods: { GET: (request) => listTags(admin, request) } },
  ]
}

interface TagRow {
  readonly tag: string
  readonly entity_name: string
  readonly entity_id: string
}

async function listTags(admin: AdminContext, request: AdminRequest): Promise<Reply> {
  const { query, params } = request
  const wanted = params.tags === undefined ? undefined : paramOf(request, 'tags')
  const size = parseSize(query.get('size'))
  const seen = parseOffset(query.get('offset'))
  const all = await collectTags(admin, wanted)
  const rest = seen === undefined ? all : all.filter((row) => compareKeys(keyOf(row), seen) > 0)
  const data = rest.slice(0, size)
  const last = data.at(-1)
  const path = wanted === undefined ? '/tags' : `/tags/${encodeURIComponent(wanted)}`
  const hasMore = rest.length > size && last !== undefined
  return ok(answerPage({ path, query }, data, hasMore ? keyOf(last) : undefined))
}

async function collectTags(
  { options, models }: AdminContext,
  wanted: string | undefined,
): Promise<TagRow[]> {
  const { entities } = await options.store.readAll()
  const rows: TagRow[] = []
  for (const { name, hasTags } of models.values()) {
    if (!hasTags) continue
    for (const { id, tags } of entities[name] ?? []) {
      for (const tag of Array.isArray(tags) ? tags.map(String) : []) {
        if (wanted === undefined || tag === wanted) {
          rows.push({ tag, entity_name: name, entity_id: id })
        }
      }
    }
  }
  return rows.sort((a, b) => compareKeys(keyOf(a), keyOf(b)))
}

/** By entity, so that a page that is asked for later does not move when tags are added elsewhere. */
function keyOf({ entity_id, entity_name, tag }: TagRow): readonly string[] {
  return [entity_id, entity_name, tag]
}

function compareKeys(a: readonly string[], b: readonly string[]): number {
  const at = a.findIndex((part, index) => part !== b[index])
  if (at === -1) return 0
  return (a[at] as string) < (b[at] ?? '') ? -1 : 1
}

function refuseWrite(): never {
  throw schemaViolation({ tags: 'does not support insert/upsert/update/delete operations' })
}
