import { X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import net from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSelfSignedCertificate } from '../src/tls/self-signed-certificate.ts'
import { createAdminClient } from './admin-client.ts'
import { type DataPlane, startDataPlane } from './data-plane.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'postern-handshake-'))
const PLUGIN = path.join(import.meta.dirname, 'plugins/handshake.ts')
const client = createSelfSignedCertificate()
const named = createSelfSignedCertificate()

afterAll(() => rmSync(folder, { recursive: true, force: true }))

const SETTINGS = {
  prefix: folder,
  proxy_listen: '127.0.0.1:0 ssl',
  plugins: `bundled,${PLUGIN}`,
}

interface Answer {
  readonly chain: string | null
  readonly verify: string
  readonly certificate: string
  readonly isReused: boolean
  readonly session: Buffer | undefined
}

/** One request on a TLS connection of its own. */
function ask(port: number, options: tls.ConnectionOptions = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false, ...options })
    let session: Buffer | undefined
    let text = ''
    socket.on('error', reject)
    socket.on('session', (one) => {
      session = one
    })
    socket.on('secureConnect', () => {
      socket.write('GET /any HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
    })
    socket.on('data', (chunk) => {
      text += String(chunk)
    })
    socket.on('end', () => {
      const body = JSON.parse(text.slice(text.indexOf('\r\n\r\n') + 4)) as Answer
      const certificate = socket.getPeerX509Certificate()?.fingerprint256 ?? ''
      resolve({ ...body, certificate, isReused: socket.isSessionReused(), session })
      socket.destroy()
    })
  })
}

describe.each(['postern', 'node'])('the phase certificate with the engine %s', (engine) => {
  let gateway: DataPlane

  beforeAll(async () => {
    gateway = await startDataPlane({
      ...SETTINGS,
      http_engine: engine,
      plugin_timeout_ms: '200',
    })
    const service = await gateway.add('services', { url: 'http://127.0.0.1:1' })
    await gateway.add('routes', { paths: ['/any'], service: { id: service.id } })
    await gateway.add('plugins', { name: 'handshake' })
    const { id } = await gateway.add('certificates', { cert: named.cert, key: named.key })
    await gateway.add('snis', { name: 'wait.test', certificate: { id } })
  })
  afterAll(() => gateway.close())

  it.each(['throw', 'exit', 'hang'])(
    'ends the handshake of a handler that does: %s',
    async (word) => {
      await expect(ask(gateway.port, { servername: `${word}.test` })).rejects.toThrow(
        /alert internal error/,
      )
      expect(await ask(gateway.port)).toMatchObject({ verify: 'NONE' })
    },
  )

  it('waits for a handler, and then shows the certificate of the name', async () => {
    const { certificate } = await ask(gateway.port, { servername: 'wait.test' })
    expect(certificate).toBe(new X509Certificate(named.cert).fingerprint256)
  })

  it.each([undefined, 'TLSv1.2' as const])('asks for a certificate (%s)', async (maxVersion) => {
    const options = { servername: 'ask.test', ...(maxVersion && { maxVersion }) }
    const shown = await ask(gateway.port, { ...options, ...client })
    const silent = await ask(gateway.port, options)
    expect(shown).toMatchObject({
      chain: client.cert,
      verify: 'FAILED:DEPTH_ZERO_SELF_SIGNED_CERT',
    })
    expect(silent).toMatchObject({ chain: null, verify: 'NONE' })
  })

  it('asks for none unless a handler does', async () => {
    const answer = await ask(gateway.port, { servername: 'go-on.test', ...client })
    expect(answer).toMatchObject({ chain: null, verify: 'NONE' })
  })

  it.each([
    { word: 'go-on', maxVersion: 'TLSv1.3', isReused: true },
    { word: 'go-on', maxVersion: 'TLSv1.2', isReused: true },
    { word: 'afresh', maxVersion: 'TLSv1.3', isReused: false },
    { word: 'afresh', maxVersion: 'TLSv1.2', isReused: false },
  ] as const)('reuses a session after $word over $maxVersion: $isReused', async (given) => {
    const options = { servername: `${given.word}.test`, maxVersion: given.maxVersion }
    const { session } = await ask(gateway.port, options)
    const again = await ask(gateway.port, { ...options, ...(session && { session }) })
    expect(again.isReused).toBe(given.isReused)
  })

  it.each([
    { source: 'error("no")', is: 'refused' },
    { source: 'kong.response.exit(403)', is: 'refused' },
    { source: 'for i = 1, 1e12 do end', is: 'refused' },
    { source: 'assert(kong.client.tls.request_client_certificate())', is: 'FAILED' },
    { source: 'return function() kong.log.notice(kong.client.get_ip()) end', is: 'NONE' },
  ])('runs a function of pre-function: $source', async ({ source, is }) => {
    const own = await startDataPlane({ ...SETTINGS, http_engine: engine })
    await own.add('plugins', { name: 'pre-function', config: { certificate: [source] } })
    const service = await own.add('services', { url: 'http://127.0.0.1:1' })
    await own.add('routes', { paths: ['/any'], service: { id: service.id } })
    await own.add('plugins', { name: 'handshake', service: { id: service.id } })
    const answer = await ask(own.port, client).then(
      ({ verify }) => verify.split(':')[0],
      () => 'refused',
    )
    await own.close()
    expect(answer).toBe(is)
  })

  it('does not take a session without a certificate where one is asked for', async () => {
    const { session } = await ask(gateway.port, { servername: 'go-on.test' })
    const again = await ask(gateway.port, { servername: 'ask.test', ...client, session })
    expect(again).toMatchObject({ chain: client.cert, isReused: false })
  })

  it.each([
    ['no handshake', 'GET /any HTTP/1.1\r\nHost: a\r\n\r\n'],
    ['a record that is too long', Buffer.of(22, 3, 1, 0xff, 0xff)],
    ['another handshake message', Buffer.of(22, 3, 1, 0, 4, 2, 0, 0, 0)],
  ])('cuts a connection that begins with %s', async (_what, bytes) => {
    await new Promise<void>((resolve) => {
      const socket = net.connect(gateway.port, '127.0.0.1', () => socket.write(bytes))
      socket.on('error', () => {})
      socket.on('close', () => resolve())
      socket.resume()
    })
  })

  it('takes a handshake that comes byte by byte', async () => {
    const relay = net.createServer((from) => {
      const to = net.connect({ port: gateway.port, host: '127.0.0.1', noDelay: true })
      from.on('data', (chunk) => {
        for (const byte of chunk) to.write(Buffer.of(byte))
      })
      to.pipe(from)
      from.on('error', () => {})
      to.on('error', () => {})
    })
    await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve))
    const { port } = relay.address() as net.AddressInfo
    const answer = await ask(port, { servername: 'ask.test', ...client })
    relay.close()
    expect(answer.chain).toBe(client.cert)
  })

  it('closes although a client says nothing, and one waits for a handler', async () => {
    const closing = await startDataPlane({
      ...SETTINGS,
      http_engine: engine,
      plugin_timeout_ms: '0',
    })
    await closing.add('plugins', { name: 'handshake' })
    const silent = net.connect(closing.port, '127.0.0.1')
    await new Promise((resolve) => silent.once('connect', resolve))
    const waiting = ask(closing.port, { servername: 'hang.test' }).catch(() => 'cut')
    const gone = new Promise((resolve) => silent.once('close', resolve))
    silent.on('error', () => {})
    silent.resume()
    await closing.close()
    await gone
    expect(await waiting).toBe('cut')
  })
})

describe('a worker of the program', () => {
  let program: RunningProgram

  beforeAll(async () => {
    program = await startProgram({ settings: { ...SETTINGS, workers: '1' } })
  })
  afterAll(async () => {
    await program?.stop()
    program?.cleanUp()
  })

  it('tells of a handler that failed, and goes on', async () => {
    const admin = createAdminClient(program.admin)
    const port = Number(program.proxyAddresses[0]?.split(':').at(-1))
    await admin.put('/services/any', { host: '127.0.0.1' })
    await admin.put('/services/any/routes/any', { paths: ['/any'] })
    await admin.post('/plugins', { name: 'handshake' })
    const refused = ask(port, { servername: 'throw.test' })
    await expect(refused).rejects.toThrow(/alert/)
    const line = await program.logged('certificate failed')
    expect(line).toContain('[handshake] certificate failed: Error: no hands to shake')
    expect((await ask(port)).verify).toBe('NONE')
    expect(program.log()).not.toContain('another takes its place')
  })
})
