import type { Entity, Reader } from '@postern/store'
import type { EntityModel } from './entity-model.ts'

/** A row as it is answered: a certificate with the names it is shown for, all others as stored. */
export async function showEntity(reader: Reader, model: EntityModel, row: Entity): Promise<Entity> {
  if (model.name !== 'certificates') return row
  const snis = await readSnis(reader, row.id)
  return { ...row, snis: snis.map((sni) => String(sni.name)).sort() }
}

/** All SNIs of a certificate. */
export async function readSnis(reader: Reader, certificateId: string): Promise<readonly Entity[]> {
  const where = { certificate: { id: certificateId } }
  const { rows } = await reader.page('snis', { size: Number.MAX_SAFE_INTEGER - 1, where })
  return rows
}
