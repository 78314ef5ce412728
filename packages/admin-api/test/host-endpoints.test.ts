import { defineRecord } from '@postern/schema'
import { describe, expect, it } from 'vitest'
import { type AdminEndpoint, readFields, refuse, schemaViolation } from '../src/index.ts'
import { openApi } from './open-api.ts'

const brewSchema = defineRecord({
  fields: {
    leaves: { type: 'array', required: true, elements: { type: 'string' } },
    minutes: { type: 'integer', between: [1, 10], default: 3 },
    pot: { type: 'record', required: false, fields: { size: { type: 'integer' } } },
  },
})

const brew: AdminEndpoint = {
  path: '/brew/:cup',
  methods: {
    GET: ({ params, query }) => ({
      status: 200,
      body: { cup: params.cup, sugar: query.get('sugar') },
    }),
    POST: ({ body }) => {
      const fields = readFields(brewSchema, body)
      if (fields.minutes === 9) throw schemaViolation({ minutes: 'tastes bitter' })
      if (fields.minutes === 10) throw refuse(418, 'I am a teapot')
      return { status: 200, body: fields }
    },
  },
}

function open() {
  return openApi({ endpoints: [brew], guiOrigins: ['http://manager.test'] })
}

describe('an endpoint of the host', () => {
  it('is given the parts of the path, and the query', async () => {
    const { status, json } = await open().ask('GET', '/brew/mine?sugar=2')
    expect(status).toBe(200)
    expect(json).toEqual({ cup: 'mine', sugar: '2' })
  })

  it.each<{ title: string; body: object | string }>([
    { title: 'JSON', body: { leaves: ['assam'], pot: { size: 2 } } },
    { title: 'JSON with dotted names', body: { leaves: ['assam'], 'pot.size': 2 } },
    { title: 'a form', body: 'leaves[]=assam&pot.size=2' },
  ])('reads its fields from $title', async ({ body }) => {
    const { json } = await open().ask('POST', '/brew/mine', body)
    expect(json).toEqual({ leaves: ['assam'], minutes: 3, pot: { size: 2 } })
  })

  it.each<{ body: object; status: number; answer: object }>([
    {
      body: { minutes: 0, sugar: 1 },
      status: 400,
      answer: {
        code: 2,
        name: 'schema violation',
        fields: {
          leaves: 'required field missing',
          minutes: 'value should be between 1 and 10',
          sugar: 'unknown field',
        },
      },
    },
    {
      body: { leaves: [], minutes: 9 },
      status: 400,
      answer: { code: 2, fields: { minutes: 'tastes bitter' } },
    },
    { body: { leaves: [], minutes: 10 }, status: 418, answer: { message: 'I am a teapot' } },
  ])('refuses $body as the Admin API does', async ({ body, status, answer }) => {
    const found = await open().ask('POST', '/brew/mine', body)
    expect(found.status).toBe(status)
    expect(found.json).toMatchObject(answer)
  })

  it('has the methods, the guard and the list of all endpoints', async () => {
    const { ask } = open()
    expect((await ask('DELETE', '/brew/mine')).status).toBe(405)
    expect((await ask('OPTIONS', '/brew/mine')).headers.get('allow')).toBe(
      'GET, HEAD, OPTIONS, POST',
    )
    const foreign = { origin: 'http://evil.test', 'sec-fetch-site': 'cross-site' }
    expect((await ask('POST', '/brew/mine', { leaves: [] }, foreign)).status).toBe(403)
    const { json } = await ask('GET', '/endpoints')
    expect(json.data).toContain('/brew/{cup}')
  })

  it('is not there unless the host adds it', async () => {
    expect((await openApi().ask('GET', '/brew/mine')).status).toBe(404)
  })
})
