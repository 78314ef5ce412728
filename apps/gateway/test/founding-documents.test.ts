import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { KONG_2_ARR as TRANSFORM_LUA } from '../src/functions/seeds.sources.ts'
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'
import { curl, httpie, sendBytes } from './send-bytes.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

// The demonstration of Kong's exit-transformer page, request by request, with the bytes that curl
// and HTTPie send. A local upstream stands in the place of the page's host names.

describe.each(['curl', 'HTTPie'] as const)('the demonstration by %s', (client) => {
  let program: RunningProgram
  let upstream: RecordingUpstream

  beforeAll(async () => {
    upstream = await startRecordingUpstream()
    program = await startProgram({ byNpm: true })
  })
  afterAll(async () => {
    await program?.stop()
    program?.cleanUp()
    await upstream?.close()
  })

  const admin = (bytes: { curl: string; HTTPie: string }) => sendBytes(program.admin, bytes[client])
  const proxy = (bytes: { curl: string; HTTPie: string }) => sendBytes(program.proxy, bytes[client])

  it('creates the service', async () => {
    const answer = await admin({
      curl: curl('POST', '/services', { data: ['name=example.com', `url=${upstream.url}`] }),
      HTTPie: httpie('/services', { json: { name: 'example.com', host: '127.0.0.1' } }),
    })
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({ name: 'example.com', host: '127.0.0.1', protocol: 'http' })
  })

  it('creates the route, from a list and from one value where a list belongs', async () => {
    const answer = await admin({
      curl: curl('POST', '/services/example.com/routes', { data: ['hosts[]=example.com'] }),
      HTTPie: httpie('/services/example.com/routes', { form: { hosts: 'example.com' } }),
    })
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({ hosts: ['example.com'] })
  })

  it('configures exit-transformer with the file', async () => {
    const answer = await admin({
      curl: curl('POST', '/services/example.com/plugins', {
        form: [
          { name: 'name', value: 'exit-transformer' },
          { name: 'config.functions', value: TRANSFORM_LUA, file: 'transform.lua' },
        ],
      }),
      HTTPie: httpie('/services/example.com/plugins', {
        form: { name: 'exit-transformer', 'config.functions': TRANSFORM_LUA },
      }),
    })
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({ config: { functions: [TRANSFORM_LUA] } })
  })

  it('configures key-auth', async () => {
    const answer = await admin({
      curl: curl('POST', '/services/example.com/plugins', { data: ['name=key-auth'] }),
      HTTPie: httpie('/services/example.com/plugins', { json: { name: 'key-auth' } }),
    })
    expect(answer.status).toBe(201)
  })

  it('answers a request without a key with the transformed 401', async () => {
    const answer = await proxy({
      curl: curl('GET', '/', { host: 'example.com' }),
      HTTPie: httpie('/', { host: 'example.com' }),
    })
    expect(answer.status).toBe(401)
    expect(answer.headers.get('x-some-header')).toBe('some value')
    // The printed function answers a new table of headers: the challenge is not in it.
    expect(answer.headers.has('www-authenticate')).toBe(false)
    expect(answer.json).toEqual({
      error: true,
      status: 401,
      message: 'No API key found in request, arr!',
    })
    expect(upstream.received).toEqual([])
    await program.logged('WWW-Authenticate')
  })

  it('applies the plugin globally, with "true" as text and a scalar for the list', async () => {
    const answer = await admin({
      curl: curl('POST', '/plugins/', {
        form: [
          { name: 'name', value: 'exit-transformer' },
          { name: 'config.handle_unknown', value: 'true' },
          { name: 'config.functions', value: TRANSFORM_LUA, file: 'transform.lua' },
        ],
      }),
      HTTPie: httpie('/plugins', {
        json: {
          name: 'exit-transformer',
          'config.handle_unknown': 'true',
          'config.functions': TRANSFORM_LUA,
        },
      }),
    })
    expect(answer.status).toBe(201)
    expect(answer.json).toMatchObject({
      config: { handle_unknown: true, functions: [TRANSFORM_LUA] },
    })
  })

  it('answers a request for a host that no Route has with the transformed 404', async () => {
    const answer = await proxy({
      curl: curl('GET', '/', { host: 'non-existent.com' }),
      HTTPie: httpie('/', { host: 'non-existent.com' }),
    })
    expect(answer.status).toBe(404)
    expect(answer.headers.get('x-some-header')).toBe('some value')
    expect(answer.json).toEqual({
      error: true,
      status: 404,
      message: 'no Route matched with those values, arr!',
    })
  })
})
