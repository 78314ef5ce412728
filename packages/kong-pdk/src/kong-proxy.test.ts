import type { TestRequest } from '@postern/plugin-testkit'
import { describe, expect, it } from 'vitest'
import { answersIn, type Handler, type Kong, run } from '../test/kong-plugin.ts'

describe('kong of a kong-pdk plugin', () => {
  const request: TestRequest = {
    path: '/hello?a=1&a=2&flag',
    headers: { Host: 'api.test', 'X-One': '1', Cookie: ['a', 'b'] },
    body: { greeting: 'hi' },
  }
  const facts: readonly (readonly [string, (kong: Kong) => unknown, unknown])[] = [
    ['camelCase', (kong) => kong.request.getHeader('x-one'), '1'],
    ['snake_case', (kong) => kong.request.get_header('x-one'), '1'],
    ['a nil', (kong) => kong.request.getHeader('x-two'), undefined],
    ['a number', (kong) => kong.request.getPort(), 8000],
    ['true', (kong) => kong.request.getQueryArg('flag'), true],
    ['a table', (kong) => kong.request.getQuery(), { a: ['1', '2'], flag: true }],
    ['the first of several values', (kong) => kong.request.getQuery(1), { a: '1' }],
    ['fields of a body', (kong) => kong.request.getBody(), { greeting: 'hi' }],
    ['nil for nil and a message', (kong) => kong.request.getBody('text/plain'), undefined],
    [
      'the same, when it has to wait',
      (kong) => kong.request.get_body(FORM, 1),
      { '{"greeting":"hi"}': true },
    ],
    ['true of a function without an answer', (kong) => kong.service.setUpstream('none'), undefined],
    ['the names below service', (kong) => kong.service.request.setRawBody('x'), undefined],
    ['a function of log', (kong) => kong.log.debug('x'), undefined],
    ['log itself', (kong) => kong.log('x', 1), undefined],
    ['nginx.getVar', (kong) => kong.nginx.getVar('request_uri'), '/hello?a=1&a=2&flag'],
    ['nginx.get_var of a header', (kong) => kong.nginx.get_var('http_x_one'), '1'],
    ['nginx.getVar of an argument', (kong) => kong.nginx.getVar('arg_a'), '1'],
    ['nginx.getVar of another', (kong) => kong.nginx.getVar('connection'), undefined],
    ['nginx.getSubsystem', (kong) => kong.nginx.getSubsystem(), 'http'],
  ]
  const FORM = 'application/x-www-form-urlencoded'

  it.each(facts)('answers a promise of %s', async (_, call, expected) => {
    const answers = await answersIn((kong) => {
      const answer = call(kong)
      expect(answer).toBeInstanceOf(Promise)
      return answer
    }, request)
    expect(answers).toEqual(expected)
  })

  it('answers calls that run side by side', async () => {
    const answers = await answersIn(
      (kong) => Promise.all([kong.request.getMethod(), kong.request.getHost()]),
      request,
    )
    expect(answers).toEqual(['POST', 'api.test'])
  })

  it('answers functions that were taken out of it', async () => {
    const answers = await answersIn((kong) => {
      const { getPath } = kong.request
      return getPath()
    }, request)
    expect(answers).toBe('/hello')
  })

  it('can itself be awaited, printed and serialized', async () => {
    const answers = await answersIn(async (kong) => [
      typeof (await Promise.resolve<unknown>(kong)),
      typeof (await Promise.resolve<unknown>(kong.request)),
      JSON.stringify({ kong }),
    ])
    expect(answers).toEqual(['function', 'function', '{}'])
  })

  it('keeps values in kong.ctx and kong.nginx for the request', async () => {
    const kept = { a: new Map([[1, 2]]) }
    const answers = await answersIn(async (kong) => {
      await kong.ctx.shared.set('k', kept)
      await kong.nginx.setCtx('k', 'n')
      await kong.ctx.plugin.set('__proto__', 'p')
      return [
        await kong.ctx.shared.get('k'),
        await kong.nginx.get_ctx('k'),
        await kong.ctx.plugin.get('__proto__'),
        await kong.ctx.shared.get('constructor'),
      ]
    })
    expect(answers).toEqual([kept, 'n', 'p', undefined])
  })

  it('answers copies, so that a plugin cannot change what others see', async () => {
    const options = { route: { name: 'r' }, service: { name: 's' } }
    const changes: Handler = async (kong) => {
      const route = (await kong.router.getRoute()) as { name: string }
      const before = route.name
      route.name = 'changed'
      await kong.response.exit(
        200,
        `${before} ${((await kong.router.getRoute()) as { name: string }).name}`,
      )
    }
    expect((await run({ access: changes }, {}, options)).body).toBe('r r')
  })

  it('answers what has functions of its own as it is', async () => {
    const answers = await answersIn(async (kong) => {
      const span = (await kong.tracing.startSpan('work')) as { readonly finish: () => unknown }
      span.finish()
      return typeof span.finish
    })
    expect(answers).toBe('function')
  })

  it('answers bodies as bytes that can be used as text', async () => {
    const answers = await answersIn(
      async (kong) => {
        const body = (await kong.request.getRawBody()) as string & Uint8Array
        return [Buffer.isBuffer(body), body.toUpperCase(), `${body}!`, body.length, body[0]]
      },
      { body: 'grüße' },
    )
    expect(answers).toEqual([true, 'GRÜSSE', 'grüße!', 7, 103])
  })

  it('serializes the request in log, without secrets', async () => {
    let line: unknown
    await run(
      {
        async log(kong) {
          line = JSON.parse((await kong.log.serialize()) as string)
        },
      },
      { path: '/a?b=1', headers: { Authorization: 'Basic x' } },
    )
    expect(line).toMatchObject({
      request: { uri: '/a?b=1', querystring: { b: '1' }, headers: { authorization: 'REDACTED' } },
      response: { status: 200 },
      client_ip: '127.0.0.1',
    })
  })
})
