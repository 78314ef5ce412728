import { normalizeTarget } from '@postern/entities'
import { checkEntity, type EntitySchema } from '@postern/schema'
import type { Entity } from '@postern/store'
import { planSnis, type SniPlan, storeSnis } from './certificate-snis.ts'
import type { EntityKey } from './entity-key.ts'
import type { EntityModel } from './entity-model.ts'
import { checkPluginProtocols } from './plugin-protocols.ts'
import { invalidOptions, schemaViolation } from './refusal.ts'
import type { RequestBody } from './request-body.ts'
import { resolveForeign } from './resolve-foreign.ts'
import { showEntity } from './show-entity.ts'
import { typedBody } from './typed-body.ts'
import { checkWritable, type WriteContext, type WriteKind } from './write-context.ts'

/** What is to be written, and in which way. */
export interface EntityWrite {
  readonly model: EntityModel
  readonly body: RequestBody
  /** Fields that the path decides; they win over the body. */
  readonly fixed?: Readonly<Record<string, unknown>>
  /** The row that is changed or replaced. */
  readonly current?: Entity
  /** How the path named the row, for messages. */
  readonly key?: EntityKey
}

/** POST: a new row. */
export async function createEntity(context: WriteContext, write: EntityWrite): Promise<Entity> {
  return writeEntity(context, write, 'insert', 'create')
}

/** PATCH: only what is given changes. */
export async function patchEntity(
  context: WriteContext,
  write: EntityWrite & { readonly current: Entity },
): Promise<Entity> {
  const fixed = { ...write.fixed, id: write.current.id }
  return writeEntity(context, { ...write, fixed }, 'update', 'update')
}

/** PUT: what is not given returns to its default. The row is made when there is none. */
export async function putEntity(context: WriteContext, write: EntityWrite): Promise<Entity> {
  const { current } = write
  const fixed = current === undefined ? write.fixed : { ...write.fixed, id: current.id }
  return writeEntity(context, { ...write, fixed: fixed ?? {} }, 'upsert', 'create or update')
}

/** The row as it would be written, with everything checked that the schema can check. */
export function checkBody(
  schema: EntitySchema,
  input: Readonly<Record<string, unknown>>,
  options: Parameters<typeof checkEntity>[2],
): Entity {
  checkTtl(schema, input)
  const checked = checkEntity(schema, input, options)
  if (!checked.ok) throw schemaViolation(checked.violations)
  return checked.value as Entity
}

async function writeEntity(
  context: WriteContext,
  write: EntityWrite,
  operation: 'insert' | 'update' | 'upsert',
  kind: WriteKind,
): Promise<Entity> {
  const { tx, subschema, models } = context
  const { model, current } = write
  const known = { subschema, ...(current !== undefined && { current }) }
  const given = typedBody(model.schema, write.body, known)
  const input = await resolveForeign(tx, models, model, { ...given, ...write.fixed })
  if (model.name === 'targets') checkTarget(input.target)
  const row = checkBody(model.schema, input, { operation, ...known })
  if (model.name === 'plugins') await checkPluginProtocols(tx, row)
  await checkAmongStored(context, model, row)
  const snis =
    model.name === 'certificates'
      ? await planSnis(context, input.snis, row.id, { operation, pathName: sniName(write) })
      : undefined
  checkWritable(context, kind, model, write.key?.field)
  await store(context, { model, row, current, snis })
  const stored = (await tx.select(model.name, row.id)) as Entity
  return showEntity(tx, model, stored)
}

async function checkAmongStored(
  { options, tx }: WriteContext,
  model: EntityModel,
  row: Entity,
): Promise<void> {
  const violations = await options.check?.(model.name, row, tx)
  if (violations !== undefined) throw schemaViolation(violations)
}

/** Kong tells about `ttl` as an option of the request and not as a field of the entity. */
function checkTtl(schema: EntitySchema, input: Readonly<Record<string, unknown>>): void {
  const { ttl } = input
  if (schema.ttl !== true || ttl === undefined || ttl === null) return
  const isFine = Number.isInteger(ttl) && (ttl as number) >= 0 && (ttl as number) <= 100_000_000
  if (!isFine) throw invalidOptions({ ttl: 'must be an integer between 0 and 100000000' })
}

/** Kong refuses a bad address before it looks at the rest, and without quoting it. */
function checkTarget(target: unknown): void {
  if (typeof target !== 'string' || target === '' || normalizeTarget(target) !== undefined) return
  throw schemaViolation({ target: 'Invalid target; not a valid hostname or ip address' })
}

/** The name in `PUT /certificates/a.test`, which becomes one of the certificate's names. */
function sniName({ key }: EntityWrite): string | undefined {
  return key === undefined || key.field === 'id' ? undefined : key.value
}

interface Stored {
  readonly model: EntityModel
  readonly row: Entity
  readonly current: Entity | undefined
  readonly snis: SniPlan | undefined
}

async function store(context: WriteContext, { model, row, current, snis }: Stored): Promise<void> {
  if (current === undefined) await context.tx.insert(model.name, row)
  else await context.tx.replace(model.name, row)
  if (snis !== undefined) await storeSnis(context, snis)
  context.hasChanged = true
  context.written.push({ entity: model.name, row })
}
