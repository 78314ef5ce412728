import type { SubschemaLookup } from '@postern/schema'
import type { Entity, Transaction } from '@postern/store'
import type { EntityModel, EntityModels } from './entity-model.ts'
import type { AdminApiOptions } from './options.ts'
import { operationUnsupported } from './refusal.ts'

/** What every handler works with. */
export interface AdminContext {
  readonly options: AdminApiOptions
  readonly models: EntityModels
  readonly subschema: SubschemaLookup
}

/** The context of a request, and the transaction it runs in. */
export interface WriteContext extends AdminContext {
  readonly tx: Transaction
  /** Rows that were written, for `X-Postern-Warning`. */
  readonly written: { readonly entity: string; readonly row: Entity }[]
  /** Whether anything has to be published. */
  hasChanged: boolean
}

/** Runs a piece of work in a transaction of the store, with a context of its own. */
export async function runWrite<T>(
  admin: AdminContext,
  work: (context: WriteContext) => Promise<T>,
): Promise<{ readonly result: T; readonly context: WriteContext }> {
  return admin.options.store.write(async (tx) => {
    const context: WriteContext = { ...admin, tx, written: [], hasChanged: false }
    return { result: await work(context), context }
  })
}

/** What Kong calls the writes that it refuses without a database. */
export type WriteKind = 'create' | 'update' | 'create or update' | 'remove'

/**
 * Refuses a write that has passed all checks where nothing may be written.
 *
 * @throws Refusal 405
 */
export function checkWritable(
  { options }: AdminContext,
  kind: WriteKind,
  model: EntityModel,
  byField: string | undefined,
): void {
  if (options.isReadOnly !== true) return
  const by = byField === undefined || byField === 'id' ? '' : ` by '${byField}'`
  throw operationUnsupported(
    `cannot ${kind} '${model.name}' entities${by} when not using a database`,
  )
}
