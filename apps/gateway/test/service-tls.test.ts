import { X509Certificate } from 'node:crypto'
import https from 'node:https'
import type { AddressInfo } from 'node:net'
import path from 'node:path'
import type { TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataPlane, startDataPlane } from './data-plane.ts'
import { createAuthority, issue, type Issued } from './test-authority.ts'

const PLUGIN = path.join(import.meta.dirname, 'plugins/upstream-tls.ts')
const YESTERDAY = new Date(Date.now() - 24 * 60 * 60 * 1000)

const root = createAuthority('root')
const other = createAuthority('other')
const between = createAuthority('between', root)
const named = issue(root, { names: ['localhost'] })
const expired = issue(root, { names: ['localhost'], until: YESTERDAY })
const foreign = issue(root, { names: ['elsewhere.test'] })
const leaf = issue(between, { names: ['localhost'] })
const chained = { cert: leaf.cert + between.cert, key: leaf.key }
const first = issue(root, { names: ['first.test'] })
const second = issue(root, { names: ['second.test'] })

interface TlsService {
  readonly port: number
  /** Handshakes that succeeded so far. */
  handshakes(): number
  close(): Promise<void>
}

/** Answers with the name in the certificate that it was shown. */
async function startService(pair: Issued, options: https.ServerOptions = {}): Promise<TlsService> {
  let handshakes = 0
  const server = https.createServer(
    { ...pair, requestCert: true, rejectUnauthorized: false, ...options },
    (req, res) => {
      const shown = (req.socket as TLSSocket).getPeerX509Certificate()
      res.end(shown?.subject.replace('CN=', '') ?? 'nobody')
    },
  )
  server.on('secureConnection', () => {
    handshakes += 1
  })
  server.on('tlsClientError', () => {})
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    port: (server.address() as AddressInfo).port,
    handshakes: () => handshakes,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}

describe.each(['postern', 'node'])('a Service with https, with the engine %s', (engine) => {
  let gateway: DataPlane
  const running = new Map<string, TlsService>()
  const ids = new Map<string, string>()
  let count = 0

  beforeAll(async () => {
    gateway = await startDataPlane({ http_engine: engine, plugins: `bundled,${PLUGIN}` })
    for (const [name, service] of Object.entries({
      named: startService(named),
      expired: startService(expired),
      foreign: startService(foreign),
      chained: startService(chained),
      old: startService(foreign, { maxVersion: 'TLSv1.2' }),
      strict: startService(named, { rejectUnauthorized: true, ca: root.cert }),
      strictOld: startService(named, {
        rejectUnauthorized: true,
        ca: root.cert,
        maxVersion: 'TLSv1.2',
      }),
    })) {
      running.set(name, await service)
    }
    for (const [name, { cert }] of Object.entries({ root, other })) {
      ids.set(name, (await gateway.add('ca_certificates', { cert })).id)
    }
    for (const [name, pair] of Object.entries({ first, second })) {
      ids.set(name, (await gateway.add('certificates', { cert: pair.cert, key: pair.key })).id)
    }
  })
  afterAll(async () => {
    await gateway.close()
    await Promise.all([...running.values()].map((service) => service.close()))
  })

  const idOf = (name: string) => ids.get(name) as string
  const shows = (name: string) => ({ client_certificate: { id: idOf(name) } })
  const trusts = (...names: string[]) => ({
    tls_verify: true,
    ca_certificates: names.map((name) => ids.get(name) ?? '00000000-0000-4000-8000-000000000000'),
  })

  /** A Route of its own; answers a function that asks through it. */
  async function routeTo(name: string, fields: object = {}, plugin?: object) {
    const { port } = running.get(name) as TlsService
    const paths = [`/r${count++}`]
    const service = await gateway.add('services', {
      ...{ protocol: 'https', host: 'localhost', port, retries: 0 },
      ...fields,
    })
    const route = await gateway.add('routes', { paths, service: { id: service.id } })
    if (plugin !== undefined) {
      await gateway.add('plugins', {
        name: 'upstream-tls',
        route: { id: route.id },
        config: plugin,
      })
    }
    return async () => {
      const res = await fetch(`${gateway.url}${paths[0]}`)
      return { status: res.status, body: await res.text() }
    }
  }

  it.each([
    { to: 'named', fields: () => ({}), status: 200 },
    { to: 'foreign', fields: () => ({ tls_verify: false }), status: 200 },
    {
      to: 'expired',
      fields: () => ({ ca_certificates: trusts('root').ca_certificates }),
      status: 200,
    },
    { to: 'named', fields: () => ({ tls_verify: true }), status: 502 },
    { to: 'named', fields: () => trusts('root'), status: 200 },
    { to: 'named', fields: () => trusts('other', 'root'), status: 200 },
    { to: 'named', fields: () => trusts('other'), status: 502 },
    { to: 'named', fields: () => trusts('nobody'), status: 502 },
    { to: 'named', fields: () => trusts(), status: 502 },
    { to: 'named', fields: () => ({ ...trusts('root'), host: '127.0.0.1' }), status: 502 },
    { to: 'foreign', fields: () => trusts('root'), status: 502 },
    { to: 'old', fields: () => trusts('root'), status: 502 },
    { to: 'expired', fields: () => trusts('root'), status: 502 },
    { to: 'chained', fields: () => trusts('root'), status: 200 },
    { to: 'chained', fields: () => ({ ...trusts('root'), tls_verify_depth: 1 }), status: 200 },
    { to: 'chained', fields: () => ({ ...trusts('root'), tls_verify_depth: 0 }), status: 502 },
    { to: 'named', fields: () => ({ ...trusts('root'), tls_verify_depth: 0 }), status: 200 },
  ])('is answered $status, each time: to $to, case %#', async ({ to, fields, status }) => {
    const ask = await routeTo(to, fields())
    // The second time there may be a TLS session, and a connection that was kept.
    expect([await ask(), await ask()]).toMatchObject([{ status }, { status }])
  })

  it.each([
    { to: 'named', fields: () => ({}), is: 'nobody' },
    { to: 'named', fields: () => shows('first'), is: 'first.test' },
    { to: 'named', fields: () => ({ ...shows('second'), ...trusts('root') }), is: 'second.test' },
    { to: 'strict', fields: () => shows('first'), is: 'first.test' },
    { to: 'strictOld', fields: () => shows('second'), is: 'second.test' },
  ])('is shown the certificate of the Service: $is to $to', async ({ to, fields, is }) => {
    const ask = await routeTo(to, fields())
    expect(await ask()).toEqual({ status: 200, body: is })
  })

  it.each(['strict', 'strictOld'])('is not reached without the one it wants: %s', async (to) => {
    const ask = await routeTo(to)
    expect((await ask()).status).toBe(502)
  })

  it('is shown the certificate of its Upstream, unless it has one itself', async () => {
    const { port } = running.get('named') as TlsService
    const name = `upstream-${engine}.test`
    const upstream = await gateway.add('upstreams', { name, ...shows('second') })
    await gateway.add('targets', {
      target: `localhost:${port}`,
      upstream: { id: upstream.id },
    })
    const bare = await routeTo('named', { host: name })
    const own = await routeTo('named', { host: name, ...shows('first') })
    expect([(await bare()).body, (await own()).body]).toEqual(['second.test', 'first.test'])
  })

  it.each([
    {
      what: 'a certificate',
      fields: {},
      plugin: { cert: first.cert, key: first.key },
      is: 'first.test',
    },
    { what: 'that it is checked', fields: {}, plugin: { verify: true }, is: 502 },
    {
      what: 'that it is not checked',
      fields: { tls_verify: true },
      plugin: { verify: false },
      is: 'nobody',
    },
    {
      what: 'who is trusted',
      fields: {},
      plugin: { verify: true, store: root.cert },
      is: 'nobody',
    },
    { what: 'that others are', fields: {}, plugin: { verify: true, store: other.cert }, is: 502 },
    {
      what: 'both',
      fields: {},
      plugin: { verify: true, store: root.cert, cert: second.cert, key: second.key },
      is: 'second.test',
    },
    {
      what: 'a key that does not fit',
      fields: {},
      plugin: { cert: first.cert, key: other.key },
      is: 500,
    },
  ])('is spoken to as a plugin says: $what', async ({ fields, plugin, is }) => {
    const ask = await routeTo('named', fields, plugin)
    const { status, body } = await ask()
    expect(status === 200 ? body : status).toBe(is)
  })

  it.each([
    { depth: 0, status: 502 },
    { depth: 1, status: 200 },
  ])('is checked as deep as a plugin says: $depth', async ({ depth, status }) => {
    const ask = await routeTo('chained', trusts('root'), { depth })
    expect((await ask()).status).toBe(status)
  })

  it('has what a plugin says come before the certificate of the Service', async () => {
    const ask = await routeTo('named', shows('first'), { cert: second.cert, key: second.key })
    const mixed = await routeTo('named', shows('first'), { verify: true, store: root.cert })
    expect([(await ask()).body, (await mixed()).body]).toEqual(['second.test', 'first.test'])
  })

  it('keeps connections of different certificates apart', async () => {
    const asks = await Promise.all([
      routeTo('named', shows('first')),
      routeTo('named', shows('second')),
      routeTo('named'),
    ])
    const bodies: string[] = []
    for (const ask of [...asks, ...asks]) bodies.push((await ask()).body)
    const once = ['first.test', 'second.test', 'nobody']
    expect(bodies).toEqual([...once, ...once])
  })

  it.each([
    {
      what: 'a Service',
      fields: () => ({ ...shows('first'), ...trusts('root') }),
      plugin: undefined,
    },
    {
      what: 'a plugin that parses anew',
      fields: () => ({}),
      plugin: { cert: first.cert, key: first.key, store: root.cert, verify: true },
    },
  ])('shakes hands once for many requests, also after a publication: $what', async (given) => {
    const own = await startService(named)
    running.set('own', own)
    const ask = await routeTo('own', given.fields(), given.plugin)
    for (let request = 0; request < 5; request++) expect((await ask()).body).toBe('first.test')
    await gateway.add('consumers', { username: `publication-${count++}` })
    expect((await ask()).body).toBe('first.test')
    expect(own.handshakes()).toBe(1)
  })
})

it('makes certificates that hold', () => {
  const chain = [chained.cert, between.cert, root.cert].map((cert) => new X509Certificate(cert))
  const [own, middle, top] = chain as [X509Certificate, X509Certificate, X509Certificate]
  expect([own.verify(middle.publicKey), middle.verify(top.publicKey)]).toEqual([true, true])
})
