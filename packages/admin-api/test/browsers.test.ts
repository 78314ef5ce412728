import { describe, expect, it } from 'vitest'
import { openApi } from './open-api.ts'

const GUI = 'http://gui.test:8002'
const EVIL = 'https://evil.test'

describe('web pages', () => {
  it.each([
    { site: 'cross-site', origin: EVIL, guiOrigins: [], status: 403 },
    { site: 'cross-site', origin: undefined, guiOrigins: [], status: 403 },
    { site: 'cross-site', origin: EVIL, guiOrigins: [GUI], status: 403 },
    { site: 'cross-site', origin: GUI, guiOrigins: [GUI], status: 201 },
    { site: 'same-site', origin: 'http://127.0.0.1:8002', guiOrigins: [], status: 201 },
    { site: 'same-origin', origin: 'http://127.0.0.1:8001', guiOrigins: [], status: 201 },
    { site: 'none', origin: undefined, guiOrigins: [], status: 201 },
    { site: undefined, origin: undefined, guiOrigins: [], status: 201 },
  ])('POST from $site, $origin with $guiOrigins is $status', async (page) => {
    const { ask, store } = openApi({ guiOrigins: page.guiOrigins })
    const headers = {
      ...(page.site !== undefined && { 'sec-fetch-site': page.site }),
      ...(page.origin !== undefined && { origin: page.origin }),
    }
    const { status, json } = await ask('POST', '/consumers', 'username=bob', headers)
    expect(status).toBe(page.status)
    if (status === 403) {
      expect(json.message).toContain('admin_gui_url')
      expect((await store.readAll()).revision).toBe(0)
    }
  })

  it.each(['PUT', 'PATCH', 'DELETE'])('of other sites may not %s either', async (method) => {
    const { ask } = openApi()
    const headers = { 'sec-fetch-site': 'cross-site', origin: EVIL }
    expect((await ask(method, '/consumers/bob', undefined, headers)).status).toBe(403)
  })

  it.each([
    { origin: undefined, site: undefined, guiOrigins: [], allowed: '*' },
    { origin: EVIL, site: undefined, guiOrigins: [], allowed: EVIL },
    { origin: GUI, site: 'same-site', guiOrigins: [], allowed: GUI },
    { origin: EVIL, site: 'cross-site', guiOrigins: [], allowed: null },
    { origin: GUI, site: 'cross-site', guiOrigins: [GUI], allowed: GUI },
    { origin: EVIL, site: 'cross-site', guiOrigins: [GUI], allowed: GUI },
    { origin: undefined, site: undefined, guiOrigins: [GUI], allowed: GUI },
  ])('of $origin ($site) with $guiOrigins may read as $allowed', async (page) => {
    const { ask } = openApi({ guiOrigins: page.guiOrigins })
    const headers = {
      ...(page.site !== undefined && { 'sec-fetch-site': page.site }),
      ...(page.origin !== undefined && { origin: page.origin }),
    }
    const answer = await ask('GET', '/consumers', undefined, headers)
    expect(answer.status).toBe(200)
    expect(answer.headers.get('access-control-allow-origin')).toBe(page.allowed)
    if (page.allowed !== '*') expect(answer.headers.get('vary')).toBe('Origin')
  })
})

describe('the Host of an API on loopback', () => {
  it.each([
    { host: '127.0.0.1:8001', status: 200 },
    { host: '127.0.0.1', status: 200 },
    { host: '[::1]:8001', status: 200 },
    { host: 'localhost:8001', status: 200 },
    { host: 'LocalHost', status: 200 },
    { host: 'tea.localhost:8001', status: 200 },
    { host: '192.168.1.5:8001', status: 200 },
    { host: 'kettle.lan:8001', status: 200 },
    { host: 'evil.test:8001', status: 403 },
    { host: 'localhost.evil.test', status: 403 },
    { host: '127.0.0.1.evil.test', status: 403 },
    { host: 'evillocalhost', status: 403 },
    { host: '', status: 403 },
  ])('$host is $status', async ({ host, status }) => {
    const { ask } = openApi({ isLoopback: true, allowedHosts: ['kettle.lan'] })
    const answer = await ask('GET', '/consumers', undefined, { host })
    expect(answer.status).toBe(status)
    if (status === 403) expect(answer.json.message).toContain('admin_allowed_hosts')
  })

  it('is of no interest elsewhere', async () => {
    const { ask } = openApi()
    expect((await ask('GET', '/', undefined, { host: 'gateway.test' })).status).toBe(200)
  })
})
