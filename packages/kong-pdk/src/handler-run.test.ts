import { createPluginTest } from '@postern/plugin-testkit'
import { describe, expect, it } from 'vitest'
import { type Handler, kongPlugin, run } from '../test/kong-plugin.ts'
import { adaptKongPlugin } from './index.ts'

describe('kong.response.exit of a kong-pdk plugin', () => {
  const after: readonly (readonly [string, Handler])[] = [
    ['with return', (kong) => kong.response.exit(403, 'no')],
    ['with await', async (kong) => void (await kong.response.exit(403, 'no'))],
    ['with neither', (kong) => void kong.response.exit(403, 'no')],
    [
      'with code after it',
      async (kong) => {
        void kong.response.exit(403, 'no')
        await kong.response.exit(200, 'yes')
        await kong.response.setHeader('X-After', '1')
        await kong.service.request.setHeader('X-After', '1')
      },
    ],
    [
      'with a throw after it',
      async (kong) => {
        void kong.response.exit(403, 'no')
        throw new Error('after')
      },
    ],
    [
      'late',
      async (kong) => {
        await new Promise((resolve) => setImmediate(resolve))
        void kong.response.exit(403, 'no')
      },
    ],
    [
      'in a catch-all',
      async (kong) => {
        try {
          await kong.response.exit(403, 'no')
        } catch {
          await kong.response.exit(500)
        }
      },
    ],
  ]
  it.each(after)('ends the request %s', async (_, access) => {
    const result = await run({ access, log: () => undefined })
    expect([result.status, result.body, result.service]).toEqual([403, 'no', undefined])
    expect(result.headers.has('x-after')).toBe(false)
    expect(result.source).toBe('exit')
  })

  it('does not stop the code, and lets the handler end the phase', async () => {
    const order: string[] = []
    const other = adaptKongPlugin(kongPlugin({ access: () => void order.push('other') }), {
      fileName: 'a-later-one.js',
    })
    const access: Handler = async (kong) => {
      void kong.response.exit(403)
      await Promise.resolve()
      order.push('after exit')
    }
    await run({ access }, {}, { others: [{ plugin: other }] })
    expect(order).toEqual(['after exit'])
  })

  it('tells once that what was called after it is ignored', async () => {
    const plugin = kongPlugin({
      async access(kong) {
        void kong.response.exit(403)
        await kong.log('a')
        await kong.log('b')
      },
    })
    const test = createPluginTest(adaptKongPlugin(plugin, { fileName: 'x.js' }))
    const warnings = [...(await test.run()).logs, ...(await test.run()).logs].filter(
      ({ level }) => level === 'warn',
    )
    expect(warnings.map(({ text }) => text)).toEqual([
      expect.stringContaining('[x] kong.log was called after kong.response.exit'),
    ])
  })

  it.each([
    ['text', 'hi', 'hi', undefined],
    ['an object', { message: 'm' }, '{"message":"m"}', 'application/json'],
    ['nothing', undefined, '', undefined],
    ['bytes', new Uint8Array([104, 105]), 'hi', undefined],
  ])('sends %s', async (_, body, text, type) => {
    const result = await run({ access: (kong) => kong.response.exit(200, body) })
    expect([result.body, result.headers.get('content-type')?.split(';')[0]]).toEqual([text, type])
  })

  it('sends an error by kong.response.error', async () => {
    const result = await run({ access: (kong) => kong.response.error(400, 'bad') })
    expect([result.status, result.json()]).toMatchObject([400, { message: 'bad' }])
  })

  it('replaces the response of the Service, with the old status and a new body', async () => {
    const response: Handler = async (kong) => {
      const body = (await kong.service.response.getRawBody()) as string
      await kong.response.exit(await kong.response.getStatus(), body.toUpperCase(), {
        'X-Was': 'lower',
      })
    }
    const upstream = { status: 201, body: 'made' }
    const result = await run({ response }, {}, { upstream })
    expect([result.status, result.body, result.headers.get('x-was')]).toEqual([
      201,
      'MADE',
      'lower',
    ])
  })
})

describe('a failure in a kong-pdk plugin', () => {
  const failures: readonly (readonly [string, Handler, string])[] = [
    [
      'a throw',
      () => {
        throw new Error('oops')
      },
      'oops',
    ],
    ['a rejection', () => Promise.reject(new Error('oops')), 'oops'],
    [
      'a refused argument',
      async (kong) => void (await kong.request.getHeader(5)),
      'header name must be a string',
    ],
    ['one without await', (kong) => void kong.request.getHeader(5), 'header name must be a string'],
    [
      'text in place of a status',
      (kong) => void kong.response.exit('no', 403),
      'code must be a number',
    ],
    [
      'a wrong phase',
      (kong) => kong.response.getStatus(),
      'function cannot be called in access phase',
    ],
    [
      'an unknown function',
      (kong) => kong.response.getFoo(),
      'kong.response.getFoo is no function',
    ],
    ['an unknown namespace', (kong) => kong.nowhere.get('x'), 'kong.nowhere.get is no function'],
    ['a namespace that is called', (kong) => kong.request(), 'kong.request is no function'],
    [
      'a wrong phase for the log line',
      (kong) => kong.log.serialize(),
      'cannot be called in access phase',
    ],
  ]
  it.each(failures)('is answered for with a 500: %s', async (_, access, message) => {
    const result = await run({ access })
    expect([result.status, result.source]).toEqual([500, 'error'])
    expect(result.service).toBeUndefined()
    expect(result.logs.map(({ level, text }) => `${level} ${text}`).join()).toMatch(
      new RegExp(`err \\[tested\\] access failed: .*${message.replaceAll('.', '\\.')}`),
    )
  })

  it('can be caught', async () => {
    const result = await run({
      async access(kong) {
        const told = await kong.request.getHeader(5).catch((error: Error) => error.message)
        await kong.response.exit(200, told)
      },
    })
    expect([result.status, result.body]).toEqual([200, 'header name must be a string'])
  })

  it('does not reach the client from log', async () => {
    const result = await run({ log: () => Promise.reject(new Error('oops')) })
    expect([result.status, result.logs.length]).toEqual([200, 1])
  })

  it('is not seen when it comes after the end of the handler', async () => {
    let late: Promise<unknown> | undefined
    const result = await run({
      access(kong) {
        late = new Promise((resolve) => setImmediate(resolve)).then(() => kong.response.exit(500))
      },
    })
    await expect(late).resolves.toBeUndefined()
    expect([result.status, result.logs]).toEqual([200, []])
  })
})
