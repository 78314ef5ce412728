import type { Entity, Reader } from '@postern/store'
import { deleteEntity } from './delete-entity.ts'
import {
  type AdminRequest,
  type Endpoint,
  NO_CONTENT,
  ok,
  paramOf,
  type Reply,
} from './endpoint.ts'
import { type EntityKey, findByKey, findChild, parseKey } from './entity-key.ts'
import type { EntityModel } from './entity-model.ts'
import { pageCollection } from './page-collection.ts'
import { notFound } from './refusal.ts'
import { replyAfterWrite } from './reply-after-write.ts'
import { showEntity } from './show-entity.ts'
import type { AdminContext } from './write-context.ts'
import { createEntity, patchEntity, putEntity } from './write-entity.ts'

/** A parent, and the entity whose foreign field points to it. */
export interface Nesting {
  readonly parent: EntityModel
  readonly child: EntityModel
  readonly field: string
}

/** `/P/{p}/E` and `/P/{p}/E/{e}`: the children of one parent. */
export function nestedEndpoints(admin: AdminContext, nesting: Nesting): Endpoint[] {
  const { parent, child } = nesting
  const collection = `/${parent.path}/:${parent.name}/${child.nestedPath}`
  return [
    {
      path: collection,
      methods: {
        GET: (request) => listChildren(admin, nesting, request),
        POST: (request) => createChild(admin, nesting, request),
      },
    },
    {
      path: `${collection}/:${child.name}`,
      methods: {
        GET: (request) => showChild(admin, nesting, request),
        PUT: (request) => putChild(admin, nesting, request),
        PATCH: (request) => patchChild(admin, nesting, request),
        DELETE: (request) => removeChild(admin, nesting, request),
      },
    },
  ]
}

/** The parent in the path. @throws Refusal 404 */
export async function findParent(
  admin: AdminContext,
  reader: Reader,
  model: EntityModel,
  request: AdminRequest,
): Promise<Entity> {
  const key = parseKey(admin.models, model, paramOf(request, model.name))
  const row = await findByKey(reader, model, key)
  if (row === undefined) throw notFound()
  return row
}

/** One page of children, of all or of those to keep. */
export async function listChildren(
  admin: AdminContext,
  { parent, child, field }: Nesting,
  request: AdminRequest,
  keep?: (row: Entity) => boolean,
): Promise<Reply> {
  const { store } = admin.options
  const { id } = await findParent(admin, store, parent, request)
  const asGiven = encodeURIComponent(paramOf(request, parent.name))
  return ok(
    await pageCollection(store, {
      model: child,
      query: request.query,
      where: { [field]: { id } },
      path: `/${parent.path}/${asGiven}/${child.nestedPath}`,
      isNested: true,
      ...(keep && { keep }),
    }),
  )
}

function createChild(
  admin: AdminContext,
  { parent, child, field }: Nesting,
  request: AdminRequest,
): Promise<Reply> {
  return replyAfterWrite(admin, async (context) => {
    const { id } = await findParent(admin, context.tx, parent, request)
    const fixed = { [field]: { id } }
    const body = await createEntity(context, { model: child, body: request.body, fixed })
    return { status: 201, body }
  })
}

async function showChild(
  admin: AdminContext,
  nesting: Nesting,
  request: AdminRequest,
): Promise<Reply> {
  const { store } = admin.options
  const { row } = await findExisting(admin, store, nesting, request)
  return ok(await showEntity(store, nesting.child, row))
}

/** PATCH of a child; also what PUT of a Target does. */
export function patchChild(
  admin: AdminContext,
  nesting: Nesting,
  request: AdminRequest,
): Promise<Reply> {
  return replyAfterWrite(admin, async (context) => {
    const { row, key } = await findExisting(admin, context.tx, nesting, request)
    const write = { model: nesting.child, body: request.body, current: row, key }
    return ok(await patchEntity(context, write))
  })
}

function putChild(admin: AdminContext, nesting: Nesting, request: AdminRequest): Promise<Reply> {
  const { parent, child, field } = nesting
  return replyAfterWrite(admin, async (context) => {
    const { id } = await findParent(admin, context.tx, parent, request)
    const key = parseKey(admin.models, child, paramOf(request, child.name))
    const current = await findByKey(context.tx, child, key)
    const owner = (current?.[field] as Entity | null | undefined)?.id
    if (current !== undefined && owner !== id) throw notFound()
    const fixed = { [key.field]: key.value, [field]: { id } }
    const write = { model: child, body: request.body, fixed, key, ...(current && { current }) }
    return ok(await putEntity(context, write))
  })
}

function removeChild(admin: AdminContext, nesting: Nesting, request: AdminRequest): Promise<Reply> {
  return replyAfterWrite(admin, async (context) => {
    const { row, key } = await findExisting(admin, context.tx, nesting, request)
    await deleteEntity(context, nesting.child, row, key)
    return NO_CONTENT
  })
}

/** The child in the path, which has to belong to the parent in the path. @throws Refusal 404 */
export async function findExisting(
  admin: AdminContext,
  reader: Reader,
  { parent, child, field }: Nesting,
  request: AdminRequest,
): Promise<{ readonly row: Entity; readonly key: EntityKey }> {
  const { id } = await findParent(admin, reader, parent, request)
  const key = parseKey(admin.models, child, paramOf(request, child.name))
  const row = await findChild(reader, child, key, { field, id })
  if (row === undefined) throw notFound()
  return { row, key }
}
