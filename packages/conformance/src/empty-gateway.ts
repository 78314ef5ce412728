import { lookUp, parseJson } from './check-answer.ts'
import { textOf } from './http-case.ts'
import { sendRequest } from './send-request.ts'

/** Collections of the Admin API, in an order in which nothing is deleted that is still referred to. */
const COLLECTIONS = [
  'plugins',
  'routes',
  'services',
  'consumers',
  'consumer_groups',
  'upstreams',
  'snis',
  'certificates',
  'ca_certificates',
  'vaults',
  'keys',
  'key-sets',
  'key-auths',
]

/** More rounds than this mean that deleting does not help. */
const MAX_ROUNDS = 50

/**
 * Deletes every entity, so that a case starts from nothing. A collection that the gateway does not
 * have is left out.
 *
 * @throws an Error that names the collection that would not become empty
 */
export async function emptyGateway(admin: URL, timeoutMs: number): Promise<void> {
  for (const collection of COLLECTIONS) await emptyCollection(admin, collection, timeoutMs)
}

async function emptyCollection(admin: URL, collection: string, timeoutMs: number): Promise<void> {
  for (let round = 0; round < MAX_ROUNDS; round++) {
    const ids = await listIds(admin, collection, timeoutMs)
    if (ids.length === 0) return
    for (const id of ids) {
      const path = `/${collection}/${id}`
      await sendRequest(admin, { method: 'DELETE', path, headers: [], body: undefined }, timeoutMs)
    }
  }
  throw new Error(`/${collection} does not become empty`)
}

async function listIds(admin: URL, collection: string, timeoutMs: number): Promise<string[]> {
  const path = `/${collection}?size=1000`
  const wire = { method: 'GET', path, headers: [], body: undefined }
  const answer = await sendRequest(admin, wire, timeoutMs)
  const rows = answer.status === 200 ? lookUp(parseJson(answer.body), 'data') : undefined
  return Array.isArray(rows) ? rows.map((row) => textOf(lookUp(row, 'id'))) : []
}
