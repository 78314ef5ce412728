import type { Entity, Reader } from '@postern/store'
import { type AdminRequest, type Endpoint, ok, paramOf, type Reply } from './endpoint.ts'
import { findByKey, parseKey } from './entity-key.ts'
import type { EntityModel } from './entity-model.ts'
import { methodNotAllowed, notFound } from './refusal.ts'
import { replyAfterWrite } from './reply-after-write.ts'
import { showEntity } from './show-entity.ts'
import type { AdminContext, WriteContext } from './write-context.ts'
import { EMPTY_BODY } from './request-body.ts'
import { patchEntity, putEntity } from './write-entity.ts'

/** An entity, its foreign field, and the entity that the field points to. */
export interface ForeignSide {
  readonly model: EntityModel
  readonly field: string
  readonly target: EntityModel
}

/** `/E/{e}/field`: the row that a foreign field points to, for example `/routes/{r}/service`. */
export function foreignEndpoints(admin: AdminContext, side: ForeignSide): Endpoint[] {
  const { model, field } = side
  return [
    {
      path: `/${model.path}/:${model.name}/${field}`,
      methods: {
        GET: (request) => showTarget(admin, side, request),
        PUT: (request) => putTarget(admin, side, request),
        PATCH: (request) => patchTarget(admin, side, request),
        DELETE: (request) => removeTarget(admin, side, request),
      },
    },
  ]
}

async function showTarget(
  admin: AdminContext,
  side: ForeignSide,
  request: AdminRequest,
): Promise<Reply> {
  const { store } = admin.options
  const { target } = await findSides(admin, store, side, request)
  if (target === undefined) throw notFound()
  return ok(await showEntity(store, side.target, target))
}

function patchTarget(
  admin: AdminContext,
  side: ForeignSide,
  request: AdminRequest,
): Promise<Reply> {
  return replyAfterWrite(admin, async (context) => {
    const { target } = await findSides(admin, context.tx, side, request)
    if (target === undefined) throw notFound()
    const write = { model: side.target, body: request.body, current: target }
    return ok(await patchEntity(context, write))
  })
}

/** Replaces what the field points to, or makes it and points to it. */
function putTarget(admin: AdminContext, side: ForeignSide, request: AdminRequest): Promise<Reply> {
  return replyAfterWrite(admin, async (context) => {
    const { row, target } = await findSides(admin, context.tx, side, request)
    const write = { model: side.target, body: request.body, ...(target && { current: target }) }
    const stored = await putEntity(context, write)
    if (target === undefined) await link(context, side, row, stored.id)
    return ok(stored)
  })
}

async function link(
  context: WriteContext,
  { model, field }: ForeignSide,
  current: Entity,
  id: string,
): Promise<void> {
  const fixed = { [field]: { id } }
  await patchEntity(context, { model, body: EMPTY_BODY, current, fixed })
}

/** What others may use is not deleted through one of them. */
async function removeTarget(
  admin: AdminContext,
  side: ForeignSide,
  request: AdminRequest,
): Promise<Reply> {
  const { target } = await findSides(admin, admin.options.store, side, request)
  throw target === undefined ? notFound() : methodNotAllowed()
}

async function findSides(
  { models }: AdminContext,
  reader: Reader,
  { model, field, target }: ForeignSide,
  request: AdminRequest,
): Promise<{ readonly row: Entity; readonly target: Entity | undefined }> {
  const key = parseKey(models, model, paramOf(request, model.name))
  const row = await findByKey(reader, model, key)
  if (row === undefined) throw notFound()
  const id = (row[field] as Entity | null | undefined)?.id
  return { row, target: id === undefined ? undefined : await reader.select(target.name, id) }
}
