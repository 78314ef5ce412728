import { describe, expect, it } from 'vitest'
import { openApi, UNKNOWN_ID } from './open-api.ts'

async function apiWithUpstream(options = {}, healthchecks?: object) {
  const opened = openApi(options)
  await opened.ask('POST', '/upstreams', { name: 'up.test', ...(healthchecks && { healthchecks }) })
  return opened
}

describe('/upstreams/{}/targets', () => {
  it('finds a target however its address is written', async () => {
    const { ask } = await apiWithUpstream()
    const { json } = await ask('POST', '/upstreams/up.test/targets', { target: '10.0.0.1' })
    for (const key of [json.id, '10.0.0.1:8000', '10.0.0.1']) {
      expect((await ask('GET', `/upstreams/up.test/targets/${key}`)).json.id).toBe(json.id)
    }
  })

  it('lists targets in rotation, and all of them at /all', async () => {
    const { ask } = await apiWithUpstream()
    for (let weight = 0; weight < 5; weight++) {
      await ask('POST', '/upstreams/up.test/targets', { target: `a${weight}.test`, weight })
    }
    const count = async (path: string) => ((await ask('GET', path)).json.data as []).length
    expect(await count('/upstreams/up.test/targets')).toBe(4)
    expect(await count('/upstreams/up.test/targets/all')).toBe(5)
    const first = (await ask('GET', '/upstreams/up.test/targets?size=2')).json
    expect(first.data).toHaveLength(2)
    expect(((await ask('GET', String(first.next))).json.data as []).length).toBeGreaterThan(0)
  })

  it('PUT changes a target as PATCH does, and makes none', async () => {
    const { ask } = await apiWithUpstream()
    const path = '/upstreams/up.test/targets'
    expect((await ask('PUT', `${path}/${UNKNOWN_ID}`, { target: 'a.test' })).status).toBe(404)
    await ask('POST', path, { target: 'a.test:80', tags: ['x'] })
    expect((await ask('PUT', `${path}/a.test:80`, { weight: 5 })).json).toMatchObject({
      weight: 5,
      tags: ['x'],
    })
  })

  it('refuses the same target twice in one upstream only', async () => {
    const { ask } = await apiWithUpstream()
    await ask('POST', '/upstreams', { name: 'other.test' })
    expect((await ask('POST', '/upstreams/up.test/targets', { target: 'a.test' })).status).toBe(201)
    const again = await ask('POST', '/upstreams/up.test/targets', { target: 'a.test:8000' })
    expect(again).toMatchObject({ status: 409, json: { fields: { target: 'a.test:8000' } } })
    expect((await ask('POST', '/upstreams/other.test/targets', { target: 'a.test' })).status).toBe(
      201,
    )
  })

  it.each(['/targets', `/targets/${UNKNOWN_ID}`, `/targets/${UNKNOWN_ID}/upstream`])(
    'is not reached as %s',
    async (path) => {
      const { ask } = await apiWithUpstream()
      expect((await ask('GET', path)).status).toBe(404)
    },
  )
})

describe('/upstreams/{}/health', () => {
  const checks = { active: { healthy: { interval: 1 } } }
  const health = {
    of: () => ({ health: 'UNHEALTHY' as const, data: { addresses: [] } }),
    set: () => true,
  }

  it.each([
    {
      title: 'nothing checks',
      healthchecks: undefined,
      options: { health },
      told: 'HEALTHCHECKS_OFF',
    },
    {
      title: 'nobody is there to check',
      healthchecks: checks,
      options: {},
      told: 'HEALTHCHECKS_OFF',
    },
    { title: 'somebody checks', healthchecks: checks, options: { health }, told: 'UNHEALTHY' },
  ])('tells $told when $title', async ({ healthchecks, options, told }) => {
    const { ask } = await apiWithUpstream(options, healthchecks)
    await ask('POST', '/upstreams/up.test/targets', { target: 'a.test' })
    const { json } = await ask('GET', '/upstreams/up.test/health')
    expect(json.data).toMatchObject([{ target: 'a.test:8000', health: told }])
    expect(json.node_id).toEqual(expect.any(String))
  })

  it('hands a health on that is set by hand', async () => {
    const calls: unknown[][] = []
    const set = (...call: unknown[]) => calls.push(call) > 0
    const { ask } = await apiWithUpstream({ health: { ...health, set } }, checks)
    const { json } = await ask('POST', '/upstreams/up.test/targets', { target: 'a.test' })
    const path = `/upstreams/up.test/targets/${json.id}`
    expect((await ask('PUT', `${path}/unhealthy`)).status).toBe(204)
    expect((await ask('PUT', `${path}/10.0.0.1:80/healthy`)).status).toBe(204)
    expect(calls.map((call) => call.slice(1))).toEqual([
      [json.id, undefined, false],
      [json.id, '10.0.0.1:80', true],
    ])
  })

  it('refuses to set it where nothing checks', async () => {
    const { ask } = await apiWithUpstream()
    const { json } = await ask('POST', '/upstreams/up.test/targets', { target: 'a.test' })
    expect(await ask('PUT', `/upstreams/up.test/targets/${json.id}/healthy`)).toMatchObject({
      status: 400,
      json: { message: 'no healthchecker found for up.test' },
    })
  })
})
