import { checkEntity } from '@postern/schema'
import type { Entity } from '@postern/store'
import { checkKey } from './entity-key.ts'
import { schemaViolation } from './refusal.ts'
import { readSnis } from './show-entity.ts'
import type { WriteContext } from './write-context.ts'

/** The names a certificate is to have from now on. */
export interface SniPlan {
  readonly certificateId: string
  readonly names: readonly string[]
}

/** How a certificate is written. */
export interface SniOptions {
  readonly operation: 'insert' | 'update' | 'upsert'
  /** The name by which the path asked for the certificate. */
  readonly pathName: string | undefined
}

/**
 * Decides from the pseudo-field `snis` which names a certificate gets, or answers undefined when
 * they stay as they are.
 *
 * @see Kong Gateway, kong/db/dao/certificates.lua
 * @throws Refusal when a name is not one, is given twice, or belongs to another certificate
 */
export async function planSnis(
  context: WriteContext,
  given: unknown,
  certificateId: string,
  { operation, pathName }: SniOptions,
): Promise<SniPlan | undefined> {
  if (given === undefined && operation === 'update') return undefined
  const names = Array.isArray(given) ? given.map(String) : []
  checkRepeated(names)
  const isNamed = operation === 'upsert' && given !== undefined && given !== null
  const all = isNamed && pathName !== undefined && !names.includes(pathName)
  const wanted = all ? [...names, pathName] : names
  for (const name of wanted) await checkName(context, name, certificateId)
  return { certificateId, names: wanted }
}

function checkRepeated(names: readonly string[]): void {
  const repeated = names.find((name, index) => names.indexOf(name) !== index)
  if (repeated !== undefined) throw schemaViolation({ snis: `${repeated} is duplicated` })
}

async function checkName({ tx, models }: WriteContext, name: string, id: string): Promise<void> {
  const snis = models.get('snis')
  if (snis !== undefined) checkKey(snis, 'name', name)
  const taken = await tx.selectBy('snis', 'name', name)
  const owner = (taken?.certificate as Entity | undefined)?.id
  if (owner === undefined || owner === id) return
  throw schemaViolation({
    snis: `${name} already associated with existing certificate '${owner}'`,
  })
}

/** Makes and deletes SNIs until the certificate has the names of the plan. */
export async function storeSnis(context: WriteContext, plan: SniPlan): Promise<void> {
  const { tx, models } = context
  const snis = models.get('snis')
  if (snis === undefined) return
  const current = await readSnis(tx, plan.certificateId)
  for (const sni of current) {
    if (!plan.names.includes(String(sni.name))) await tx.delete('snis', sni.id)
  }
  const known = new Set(current.map((sni) => sni.name))
  for (const name of plan.names) {
    if (known.has(name)) continue
    const input = { name, certificate: { id: plan.certificateId } }
    const checked = checkEntity(snis.schema, input, { operation: 'insert' })
    if (!checked.ok) throw schemaViolation(checked.violations)
    await tx.insert('snis', checked.value as Entity)
  }
}
