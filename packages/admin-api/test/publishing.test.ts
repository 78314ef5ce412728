import { describe, expect, it } from 'vitest'
import { openApi } from './open-api.ts'

describe('published()', () => {
  it('is awaited before a write is answered', async () => {
    const steps: string[] = []
    let serve = (_problems?: undefined): void => {}
    const published = () => {
      steps.push('published')
      return new Promise<undefined>((resolve) => {
        serve = resolve
      })
    }
    const { ask, store } = openApi({ published })
    const answer = ask('POST', '/consumers', { username: 'bob' }).then(() => steps.push('answered'))
    while (steps.length === 0) await new Promise((resolve) => setImmediate(resolve))
    expect((await store.readAll()).revision).toBe(1)
    expect(steps).toEqual(['published'])
    serve()
    await answer
    expect(steps).toEqual(['published', 'answered'])
  })

  it.each([
    { method: 'GET', path: '/consumers', calls: 0 },
    { method: 'POST', path: '/consumers', body: {}, calls: 0 },
    { method: 'DELETE', path: '/consumers/nope', calls: 0 },
    { method: 'POST', path: '/schemas/consumers/validate', body: { username: 'al' }, calls: 0 },
    { method: 'POST', path: '/consumers', body: { username: 'al' }, calls: 1 },
    { method: 'PATCH', path: '/consumers/bob', body: {}, calls: 1 },
    { method: 'DELETE', path: '/consumers/bob', calls: 1 },
  ])('is called $calls times by $method $path $body', async ({ method, path, body, calls }) => {
    let count = 0
    const { ask } = openApi({
      published: async () => {
        count += 1
        return undefined
      },
    })
    await ask('POST', '/consumers', { username: 'bob' })
    count = 0
    await ask(method, path, body)
    expect(count).toBe(calls)
  })

  it.each([
    { problems: ['worker 7 cannot'], told: 'worker 7 cannot' },
    { problems: ['a', 'b'], told: 'a; b' },
    { problems: ['x'.repeat(5000)], told: 'x'.repeat(4096) },
    { problems: [], told: null },
    { problems: undefined, told: null },
  ])('answers what goes out in a header: $told', async ({ problems, told }) => {
    const { ask } = openApi({ published: async () => problems })
    const { status, headers } = await ask('POST', '/consumers', { username: 'bob' })
    expect([status, headers.get('x-postern-warning')]).toEqual([201, told])
  })

  it('that fails is told, and does not change the answer of the write', async () => {
    const told: unknown[] = []
    const { ask } = openApi({
      published: () => Promise.reject(new Error('worker gone')),
      onError: (error) => told.push(error),
    })
    expect((await ask('POST', '/consumers', { username: 'bob' })).status).toBe(201)
    expect(told).toHaveLength(1)
  })
})

describe('an API that cannot write', () => {
  async function readOnly() {
    const writing = openApi()
    await writing.ask('POST', '/services', { name: 's1', host: 'a.test' })
    return openApi({ store: writing.store, isReadOnly: true })
  }
  const ID = 'eeeeeeee-eeee-4eee-8eee-eeeeeeeeeeee'

  it.each([
    { method: 'POST', path: '/services', message: "cannot create 'services' entities" },
    {
      method: 'PATCH',
      path: '/services/s1',
      message: "cannot update 'services' entities by 'name'",
    },
    {
      method: 'PUT',
      path: '/services/s1',
      message: "cannot create or update 'services' entities by 'name'",
    },
    {
      method: 'PUT',
      path: `/services/${ID}`,
      message: "cannot create or update 'services' entities",
    },
    {
      method: 'DELETE',
      path: '/services/s1',
      message: "cannot remove 'services' entities by 'name'",
    },
    { method: 'DELETE', path: `/services/${ID}`, message: "cannot remove 'services' entities" },
  ])('refuses $method $path', async ({ method, path, message }) => {
    const { ask, store } = await readOnly()
    const body = method === 'DELETE' ? undefined : { host: 'b.test' }
    const answer = await ask(method, path, body)
    expect(answer.status).toBe(405)
    expect(answer.json).toEqual({
      code: 12,
      name: 'operation unsupported',
      message: `${message} when not using a database`,
    })
    expect((await store.readAll()).revision).toBe(1)
  })

  it.each([
    { method: 'GET', path: '/services/s1', status: 200 },
    { method: 'POST', path: '/services', body: {}, status: 400 },
    { method: 'PATCH', path: `/services/${ID}`, body: {}, status: 404 },
    { method: 'DELETE', path: '/services/nope', status: 204 },
  ])('answers $method $path with $status', async ({ method, path, body, status }) => {
    const { ask } = await readOnly()
    expect((await ask(method, path, body)).status).toBe(status)
  })
})
