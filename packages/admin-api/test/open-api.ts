import { coreEntities } from '@postern/entities'
import { type EntitySchema, type RecordSchema, typedefs } from '@postern/schema'
import { createMemoryStore, type Store } from '@postern/store'
import { type AdminApi, type AdminApiOptions, createAdminApi } from '../src/index.ts'

/** A plugin with every kind of field that forms have to fill. */
const teaSchema: RecordSchema = {
  fields: {
    consumer: { type: 'foreign', reference: 'consumers', eq: null },
    config: {
      type: 'record',
      required: true,
      fields: {
        functions: { type: 'array', elements: { type: 'string' }, required: true, default: [] },
        handle_unknown: { type: 'boolean', required: true, default: false },
        limit: { type: 'integer', between: [0, 100] },
        labels: { type: 'map', keys: { type: 'string' }, values: { type: 'string' } },
        pot: { type: 'record', fields: { size: { type: 'number' }, name: { type: 'string' } } },
      },
    },
  },
}

/** Credentials as a plugin brings them. */
const teaPasses: EntitySchema = {
  name: 'tea_passes',
  primary_key: ['id'],
  endpoint_key: 'key',
  ttl: true,
  admin_api_name: 'tea-passes',
  admin_api_nested_name: 'tea-pass',
  fields: {
    id: typedefs.id,
    created_at: typedefs.created_at,
    consumer: { type: 'foreign', reference: 'consumers', required: true, on_delete: 'cascade' },
    key: { type: 'string', unique: true, auto: true },
    tags: typedefs.tags,
  },
}

/** An Admin API over an empty memory store, with a short way to ask it. */
export interface OpenApi {
  readonly api: AdminApi
  readonly store: Store
  /** An object goes out as JSON, a text as a urlencoded form. */
  ask(
    method: string,
    path: string,
    body?: object | string,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Answer>
}

/** What came back. `json` is `{}` when the body is none. */
export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
  readonly json: Readonly<Record<string, unknown>>
}

/** Makes an Admin API with the plugin `tea` and the credentials `tea_passes`. */
export function openApi(options: Partial<AdminApiOptions> = {}): OpenApi {
  const entities = [...coreEntities, teaPasses]
  const store = options.store ?? createMemoryStore({ entities })
  const api = createAdminApi({
    store,
    entities,
    plugins: new Map([['tea', { version: '1.2.3', priority: 7, schema: teaSchema }]]),
    node: { id: NODE_ID, hostname: 'kettle', version: '0.1.0', configuration: { port: 8001 } },
    ...options,
  })
  return {
    api,
    store,
    async ask(method, path, body, headers = {}) {
      const type =
        typeof body === 'string' ? 'application/x-www-form-urlencoded' : 'application/json'
      const request = new Request(`http://127.0.0.1:8001${path}`, {
        method,
        headers: { ...(body !== undefined && { 'content-type': type }), ...headers },
        ...(body !== undefined && { body: typeof body === 'string' ? body : JSON.stringify(body) }),
      })
      return readAnswer(await api.fetch(request))
    },
  }
}

/** Reads a response whole. */
export async function readAnswer(response: Response): Promise<Answer> {
  const text = await response.text()
  const json = text === '' ? {} : (JSON.parse(text) as Record<string, unknown>)
  return { status: response.status, headers: response.headers, text, json }
}

/** The id of the node of `openApi`. */
export const NODE_ID = '6e1b2f60-6f9e-4c3a-9a3c-0b1f3c5d7e9f'

/** An id that no row has. */
export const UNKNOWN_ID = 'eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee'
