import type { Entity } from '@postern/store'
import type { EntityKey } from './entity-key.ts'
import type { EntityModel } from './entity-model.ts'
import { referencedByOthers } from './refusal.ts'
import { checkWritable, type WriteContext } from './write-context.ts'

/** Deletes a row that is there. */
export async function deleteEntity(
  context: WriteContext,
  model: EntityModel,
  row: Entity,
  key: EntityKey,
): Promise<void> {
  if (model.name === 'ca_certificates') await checkAuthorityUnused(context, row.id)
  checkWritable(context, 'remove', model, key.field)
  await context.tx.delete(model.name, row.id)
  context.hasChanged = true
}

/**
 * Services list the authorities they trust in a field that is not a foreign one, so the store knows
 * nothing of it.
 */
async function checkAuthorityUnused({ tx }: WriteContext, id: string): Promise<void> {
  let page = await tx.page('services', { size: 1000 })
  while (true) {
    const user = page.rows.find((service) => trusts(service, id))
    if (user !== undefined) {
      throw referencedByOthers(
        `ca certificate ${id} is still referenced by services (id = ${user.id})`,
      )
    }
    const after = page.rows.at(-1)?.id
    if (!page.more || after === undefined) return
    page = await tx.page('services', { size: 1000, after })
  }
}

function trusts(service: Entity, id: string): boolean {
  return Array.isArray(service.ca_certificates) && service.ca_certificates.includes(id)
}
