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
import { findByKey, parseKey, SNI_FIELD } from './entity-key.ts'
import type { EntityModel } from './entity-model.ts'
import { pageCollection } from './page-collection.ts'
import { entityNotFound, notFound, refuse } from './refusal.ts'
import { replyAfterWrite } from './reply-after-write.ts'
import { showEntity } from './show-entity.ts'
import { type AdminContext, checkWritable } from './write-context.ts'
import { createEntity, patchEntity, putEntity } from './write-entity.ts'

/** `/E` and `/E/{id or key}`, the same for every entity. */
export function entityEndpoints(admin: AdminContext, model: EntityModel): Endpoint[] {
  const collection = `/${model.path}`
  return [
    {
      path: collection,
      methods: {
        GET: (request) => list(admin, model, request),
        POST: (request) => create(admin, model, request),
      },
    },
    {
      path: `${collection}/:${model.name}`,
      methods: {
        GET: (request) => show(admin, model, request),
        PUT: (request) => put(admin, model, request),
        PATCH: (request) => patch(admin, model, request),
        DELETE: (request) => remove(admin, model, request),
      },
    },
  ]
}

async function list(
  { options }: AdminContext,
  model: EntityModel,
  { query }: AdminRequest,
): Promise<Reply> {
  const customId = model.name === 'consumers' ? query.get('custom_id') : null
  const path = `/${model.path}`
  if (customId === null) return ok(await pageCollection(options.store, { model, query, path }))
  if (customId === '') throw refuse(400, 'custom_id must be an unempty string')
  const consumer = await options.store.selectBy(model.name, 'custom_id', customId)
  return ok({ data: consumer === undefined ? [] : [consumer], next: null })
}

function create(admin: AdminContext, model: EntityModel, { body }: AdminRequest): Promise<Reply> {
  return replyAfterWrite(admin, async (context) => {
    return { status: 201, body: await createEntity(context, { model, body }) }
  })
}

async function show(
  { options, models }: AdminContext,
  model: EntityModel,
  request: AdminRequest,
): Promise<Reply> {
  const key = parseKey(models, model, paramOf(request, model.name))
  const row = await findByKey(options.store, model, key)
  if (row !== undefined) return ok(await showEntity(options.store, model, row))
  throw model.name === 'certificates' ? entityNotFound({ id: key.value }) : notFound()
}

function patch(admin: AdminContext, model: EntityModel, request: AdminRequest): Promise<Reply> {
  const key = parseKey(admin.models, model, paramOf(request, model.name))
  return replyAfterWrite(admin, async (context) => {
    const current = await findByKey(context.tx, model, key)
    // Kong reads the name of the plugin first, and says it plainly when there is none to read.
    if (current === undefined && model.name === 'plugins') throw notFound()
    if (current === undefined) throw entityNotFound({ [key.field]: key.value })
    return ok(await patchEntity(context, { model, body: request.body, current, key }))
  })
}

function put(admin: AdminContext, model: EntityModel, request: AdminRequest): Promise<Reply> {
  const key = parseKey(admin.models, model, paramOf(request, model.name))
  return replyAfterWrite(admin, async (context) => {
    const current =
      key.field === SNI_FIELD
        ? await findCertificate(context.tx, key.value)
        : await findByKey(context.tx, model, key)
    const fixed = key.field === SNI_FIELD ? {} : { [key.field]: key.value }
    const write = { model, body: request.body, fixed, key, ...(current && { current }) }
    return ok(await putEntity(context, write))
  })
}

/** PUT makes a certificate for a name that nobody has. */
async function findCertificate(reader: Reader, name: string): Promise<Entity | undefined> {
  const sni = await reader.selectBy('snis', 'name', name)
  const id = (sni?.certificate as { readonly id: string } | undefined)?.id
  return id === undefined ? undefined : reader.select('certificates', id)
}

function remove(admin: AdminContext, model: EntityModel, request: AdminRequest): Promise<Reply> {
  const key = parseKey(admin.models, model, paramOf(request, model.name))
  return replyAfterWrite(admin, async (context) => {
    // Kong looks a name up before it refuses to delete, and an id not.
    if (key.field === 'id') checkWritable(context, 'remove', model, 'id')
    const row = await findByKey(context.tx, model, key)
    if (row !== undefined) await deleteEntity(context, model, row, key)
    return NO_CONTENT
  })
}
