import { X509Certificate } from 'node:crypto'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import https from 'node:https'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSelfSignedCertificate } from '../src/tls/self-signed-certificate.ts'
import { type DataPlane, startDataPlane } from './data-plane.ts'
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'postern-tls-'))
const exact = createSelfSignedCertificate()
const wildcard = createSelfSignedCertificate()
const own = createSelfSignedCertificate()

let upstream: RecordingUpstream
beforeAll(async () => {
  upstream = await startRecordingUpstream()
})
afterAll(async () => {
  await upstream.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Shakes hands and answers what the listener showed; without a name where none is given. */
function handshake(
  port: number,
  options: tls.ConnectionOptions = {},
): Promise<{ fingerprint: string; protocol: string; cipher: string }> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options })
    socket.on('error', reject)
    socket.on('secureConnect', () => {
      resolve({
        fingerprint: socket.getPeerX509Certificate()?.fingerprint256 ?? '',
        protocol: socket.getProtocol() ?? '',
        cipher: socket.getCipher().standardName,
      })
      socket.destroy()
    })
  })
}

async function textOf(res: AsyncIterable<unknown>): Promise<string> {
  let text = ''
  for await (const chunk of res) text += String(chunk)
  return text
}

function get(
  port: number,
  target: string,
  options: https.RequestOptions = {},
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const request = https.get(
      {
        host: '127.0.0.1',
        port,
        path: target,
        rejectUnauthorized: false,
        agent: false,
        ...options,
      },
      (res) => {
        textOf(res).then(
          (body) => resolve({ status: res.statusCode as number, headers: res.headers, body }),
          reject,
        )
      },
    )
    request.on('error', reject)
  })
}

const fingerprint = ({ cert }: { cert: string }) => new X509Certificate(cert).fingerprint256
const portOf = (address: string | undefined) => Number(address?.split(':').at(-1))

describe('a listener with ssl', () => {
  let gateway: DataPlane

  beforeAll(async () => {
    gateway = await startDataPlane({ prefix: folder, proxy_listen: '127.0.0.1:0 ssl' })
    const service = await gateway.add('services', { url: upstream.url })
    for (const route of [
      { paths: ['/any'] },
      { paths: ['/secure'], protocols: ['https'] },
      { paths: ['/named'], protocols: ['https'], snis: ['api.example.com'] },
    ]) {
      await gateway.add('routes', { ...route, service: { id: service.id } })
    }
    for (const [pair, name] of [
      [exact, 'api.example.com'],
      [wildcard, '*.example.com'],
    ] as const) {
      const { id } = await gateway.add('certificates', { cert: pair.cert, key: pair.key })
      await gateway.add('snis', { name, certificate: { id } })
    }
  })
  afterAll(() => gateway.close())

  it('makes a certificate once, that only its owner can read', async () => {
    const file = path.join(folder, 'ssl/postern-default.pem')
    expect(readdirSync(path.dirname(file))).toEqual(['postern-default.pem'])
    expect(statSync(file).mode & 0o777).toBe(0o600)
    const second = await startDataPlane({ prefix: folder, proxy_listen: '127.0.0.1:0 ssl' })
    const shown = await handshake(second.port)
    await second.close()
    expect(shown.fingerprint).toBe(new X509Certificate(readFileSync(file)).fingerprint256)
    expect(shown).toEqual(await handshake(gateway.port))
  })

  it.each([
    { servername: 'api.example.com', shows: exact },
    { servername: 'API.example.com', shows: exact },
    { servername: 'www.example.com', shows: wildcard },
  ])('shows $servername its certificate', async ({ servername, shows }) => {
    expect((await handshake(gateway.port, { servername })).fingerprint).toBe(fingerprint(shows))
  })

  it('shows a certificate from the first handshake after it was added', async () => {
    const later = createSelfSignedCertificate()
    const servername = 'later.test'
    const before = await handshake(gateway.port, { servername })
    const { id } = await gateway.add('certificates', { cert: later.cert, key: later.key })
    await gateway.add('snis', { name: servername, certificate: { id } })
    const after = await handshake(gateway.port, { servername })
    expect(before).toEqual(await handshake(gateway.port))
    expect(after.fingerprint).toBe(fingerprint(later))
  })

  it.each([
    { what: 'TLS 1.3', options: { minVersion: 'TLSv1.3' }, protocol: 'TLSv1.3' },
    { what: 'TLS 1.2', options: { maxVersion: 'TLSv1.2' }, protocol: 'TLSv1.2' },
  ] as const)('speaks $what', async ({ options, protocol }) => {
    const shown = await handshake(gateway.port, options)
    expect(shown.protocol).toBe(protocol)
    expect(shown.cipher).toMatch(/GCM|POLY1305/)
  })

  it.each([
    {
      what: 'TLS 1.1',
      options: { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT:@SECLEVEL=0' },
    },
    {
      what: 'a cipher that does not authenticate',
      options: { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES128-SHA' },
    },
    { what: 'HTTP/2', options: { ALPNProtocols: ['h2'] } },
  ] as const)('refuses $what', async ({ options }) => {
    const { ALPNProtocols, ...rest } = options as tls.ConnectionOptions
    const given = ALPNProtocols === undefined ? rest : { ...rest, ALPNProtocols: ['h2'] }
    await expect(handshake(gateway.port, given)).rejects.toThrow(/alert|protocol|EPROTO/i)
  })

  it('does not renegotiate, which TLS 1.2 lets a client ask for', async () => {
    const options = { maxVersion: 'TLSv1.2', rejectUnauthorized: false } as const
    const socket = tls.connect({ ...options, host: '127.0.0.1', port: gateway.port })
    await once(socket, 'secureConnect')
    const refused = once(socket, 'close').catch((error: unknown) => error)
    socket.renegotiate({ rejectUnauthorized: false }, () => {})
    expect(String(await refused)).toContain('no renegotiation')
  })

  it('tells the Service that the client came by https', async () => {
    const { status, body } = await get(gateway.port, '/any/thing')
    expect(status).toBe(200)
    expect(JSON.parse(body).headers).toMatchObject({
      'x-forwarded-proto': 'https',
      'x-forwarded-port': String(gateway.port),
    })
  })

  it.each([
    { target: '/secure', servername: '', status: 200 },
    { target: '/named', servername: 'api.example.com', status: 200 },
    { target: '/named', servername: 'www.example.com', status: 404 },
    { target: '/named', servername: '', status: 404 },
  ])('answers $status to $target for the server "$servername"', async (given) => {
    const { status } = await get(gateway.port, given.target, { servername: given.servername })
    expect(status).toBe(given.status)
  })

  it('goes on after bytes that are no handshake', async () => {
    await new Promise<void>((resolve) => {
      const socket = net.connect(gateway.port, '127.0.0.1', () => {
        socket.write('GET /any HTTP/1.1\r\nHost: a\r\n\r\n')
      })
      socket.on('error', () => {})
      socket.on('close', () => resolve())
      socket.resume()
    })
    expect((await get(gateway.port, '/any')).status).toBe(200)
  })

  it('closes although a handshake is under way', async () => {
    const closing = await startDataPlane({ prefix: folder, proxy_listen: '127.0.0.1:0 ssl' })
    const socket = net.connect(closing.port, '127.0.0.1')
    await new Promise((resolve) => socket.once('connect', resolve))
    const closed = new Promise((resolve) => socket.once('close', resolve))
    socket.on('error', () => {})
    socket.resume()
    await closing.close()
    await closed
  })
})

describe('the certificate of clients whose server nobody knows', () => {
  it('is that of ssl_cert', async () => {
    const cert = path.join(folder, 'own.crt')
    const key = path.join(folder, 'own.key')
    writeFileSync(cert, own.cert)
    writeFileSync(key, own.key)
    const gateway = await startDataPlane({
      prefix: folder,
      proxy_listen: '127.0.0.1:0 ssl',
      ssl_cert: cert,
      ssl_cert_key: key,
    })
    const shown = await handshake(gateway.port, { servername: 'unknown.test' })
    await gateway.close()
    expect(shown.fingerprint).toBe(fingerprint(own))
  })

  it('is that of the SNI "*", from the moment it is there', async () => {
    const gateway = await startDataPlane({ prefix: folder, proxy_listen: '127.0.0.1:0 ssl' })
    const before = await handshake(gateway.port)
    const { id } = await gateway.add('certificates', { cert: own.cert, key: own.key })
    await gateway.add('snis', { name: '*', certificate: { id } })
    const unnamed = await handshake(gateway.port)
    const unknown = await handshake(gateway.port, { servername: 'unknown.test' })
    await gateway.close()
    expect(before.fingerprint).not.toBe(fingerprint(own))
    expect([unnamed.fingerprint, unknown.fingerprint]).toEqual([fingerprint(own), fingerprint(own)])
  })

  it.each([
    { what: 'no key', settings: { ssl_cert: '/nowhere.crt' } },
    {
      what: 'a file that is not there',
      settings: { ssl_cert: '/no.crt', ssl_cert_key: '/no.key' },
    },
    {
      what: 'the key of another certificate',
      settings: { ssl_cert: own.cert, ssl_cert_key: exact.key },
    },
  ])('refuses to start with $what', async ({ settings }) => {
    await expect(
      startDataPlane({ prefix: folder, proxy_listen: '127.0.0.1:0 ssl', ...settings }),
    ).rejects.toMatchObject({ code: 'POSTERN_GATEWAY_CERTIFICATE_UNUSABLE' })
  })

  it('speaks only TLS 1.3 with the modern suite', async () => {
    const gateway = await startDataPlane({
      prefix: folder,
      proxy_listen: '127.0.0.1:0 ssl',
      ssl_cipher_suite: 'modern',
    })
    const shown = await handshake(gateway.port)
    await expect(handshake(gateway.port, { maxVersion: 'TLSv1.2' })).rejects.toThrow(/alert/)
    await gateway.close()
    expect(shown.protocol).toBe('TLSv1.3')
  })
})

describe('the program with TLS', () => {
  let program: RunningProgram

  beforeAll(async () => {
    program = await startProgram({
      settings: {
        proxy_listen: '127.0.0.1:0, 127.0.0.1:0 ssl',
        admin_listen: '127.0.0.1:0 ssl',
        status_listen: '127.0.0.1:0 ssl',
        workers: '2',
      },
    })
  })
  afterAll(async () => {
    await program.stop()
    program.cleanUp()
  })

  async function admin(method: string, target: string, json?: unknown): Promise<{ id: string }> {
    const port = portOf(program.admin)
    return new Promise((resolve, reject) => {
      const request = https.request(
        {
          ...{ host: '127.0.0.1', port, path: target, method, rejectUnauthorized: false },
          headers: { 'content-type': 'application/json' },
        },
        (res) => {
          textOf(res).then((body) => resolve(JSON.parse(body) as { id: string }), reject)
        },
      )
      request.on('error', reject)
      request.end(JSON.stringify(json))
    })
  }

  it('serves the Admin API and the Status API, with the one certificate of all workers', async () => {
    const [, proxy] = program.proxyAddresses
    const ports = [proxy, program.admin, program.status].map(portOf)
    const shown = await Promise.all([...ports, ...ports].map((port) => handshake(port)))
    expect(new Set(shown.map((one) => one.fingerprint)).size).toBe(1)
    expect((await get(portOf(program.status), '/status/ready')).status).toBe(200)
  })

  it('shows a changed certificate in the next handshake, in each worker', async () => {
    const port = portOf(program.proxyAddresses[1])
    const servername = 'changing.test'
    const { id } = await admin('POST', '/certificates', {
      ...{ cert: exact.cert, key: exact.key, snis: [servername] },
    })
    const shows = async () => {
      const shown = await Promise.all(
        Array.from({ length: 8 }, () => handshake(port, { servername })),
      )
      return [...new Set(shown.map((one) => one.fingerprint))]
    }
    expect(await shows()).toEqual([fingerprint(exact)])
    await admin('PATCH', `/certificates/${id}`, { cert: wildcard.cert, key: wildcard.key })
    expect(await shows()).toEqual([fingerprint(wildcard)])
  })
})
