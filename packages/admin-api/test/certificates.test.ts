import { describe, expect, it } from 'vitest'
import { openApi, UNKNOWN_ID } from './open-api.ts'
import { AUTHORITY, CERTIFICATE, PRIVATE_KEY } from './test-certificates.ts'

const pair = { cert: CERTIFICATE, key: PRIVATE_KEY }

describe('/certificates', () => {
  it('makes the names a certificate is shown for, and shows them sorted', async () => {
    const { ask } = openApi()
    const { status, json } = await ask('POST', '/certificates', {
      ...pair,
      snis: ['b.test', 'a.test'],
    })
    expect(status).toBe(201)
    expect(json.snis).toEqual(['a.test', 'b.test'])
    expect((await ask('GET', '/snis/a.test')).json.certificate).toEqual({ id: json.id })
    expect((await ask('GET', '/certificates/b.test')).json.id).toBe(json.id)
    expect((await ask('GET', '/certificates')).json.data).toMatchObject([{ id: json.id }])
  })

  it.each([
    { body: { snis: ['c.test'] }, snis: ['c.test'] },
    { body: { snis: ['a.test', 'c.test'] }, snis: ['a.test', 'c.test'] },
    { body: { snis: null }, snis: [] },
    { body: { snis: [] }, snis: [] },
    { body: { tags: ['x'] }, snis: ['a.test', 'b.test'] },
  ])('PATCH with $body leaves the names $snis', async ({ body, snis }) => {
    const { ask } = openApi()
    await ask('POST', '/certificates', { ...pair, snis: ['a.test', 'b.test'] })
    expect((await ask('PATCH', '/certificates/a.test', body)).json.snis).toEqual(snis)
  })

  it('PUT without names takes them away', async () => {
    const { ask } = openApi()
    const { json } = await ask('POST', '/certificates', { ...pair, snis: ['a.test'] })
    expect((await ask('PUT', `/certificates/${json.id}`, pair)).json.snis).toEqual([])
    expect((await ask('GET', '/snis/a.test')).status).toBe(404)
  })

  it('PUT by a new name adds it to the names given', async () => {
    const { ask } = openApi()
    const { status, json } = await ask('PUT', '/certificates/a.test', { ...pair, snis: ['b.test'] })
    expect(status).toBe(200)
    expect(json.snis).toEqual(['a.test', 'b.test'])
  })

  it.each([
    {
      snis: ['a.test', 'a.test'],
      code: 2,
      message: 'schema violation (snis: a.test is duplicated)',
    },
    { snis: ['1.2.3.4'], code: 10, message: 'must not be an IP' },
  ])('refuses the names $snis', async ({ snis, code, message }) => {
    const { ask } = openApi()
    const { status, json } = await ask('POST', '/certificates', { ...pair, snis })
    expect(status).toBe(400)
    expect(json).toMatchObject({ code, message })
  })

  it('refuses a name of another certificate, and keeps nothing', async () => {
    const { ask, store } = openApi()
    const { json } = await ask('POST', '/certificates', { ...pair, snis: ['a.test'] })
    const second = await ask('POST', '/certificates', { ...pair, snis: ['b.test', 'a.test'] })
    expect(second.json).toMatchObject({
      code: 2,
      fields: { snis: `a.test already associated with existing certificate '${json.id}'` },
    })
    expect((await store.readAll()).entities.snis).toHaveLength(1)
  })

  it('tells unknown ids and unknown names apart', async () => {
    const { ask } = openApi()
    expect(await ask('GET', `/certificates/${UNKNOWN_ID}`)).toMatchObject({
      status: 404,
      json: { code: 6 },
    })
    expect(await ask('GET', '/certificates/a.test')).toMatchObject({
      status: 404,
      json: { message: 'SNI not found' },
    })
  })
})

describe('/ca_certificates', () => {
  it('refuses to delete an authority that a service trusts', async () => {
    const { ask } = openApi()
    const { json } = await ask('POST', '/ca_certificates', { cert: AUTHORITY })
    const service = await ask('POST', '/services', {
      url: 'https://a.test',
      ca_certificates: [json.id],
    })
    const refused = await ask('DELETE', `/ca_certificates/${json.id}`)
    expect(refused.status).toBe(400)
    expect(refused.json).toEqual({
      code: 19,
      name: 'referenced by others',
      message: `ca certificate ${json.id} is still referenced by services (id = ${service.json.id})`,
    })
    await ask('DELETE', `/services/${service.json.id}`)
    expect((await ask('DELETE', `/ca_certificates/${json.id}`)).status).toBe(204)
  })
})
