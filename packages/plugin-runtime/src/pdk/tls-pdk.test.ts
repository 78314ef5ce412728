import { generateKeyPairSync } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { certificate } from '../../test/test-certificate.ts'
import { testContext } from '../../test/test-context.ts'
import { type Kong, type PhaseContext, pdkFunctions, type TlsFacts } from '../index.ts'

const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })

const TLS: TlsFacts = {
  version: 'TLSv1.3',
  cipher: 'TLS_AES_256_GCM_SHA384',
  clientVerify: 'SUCCESS',
  clientCertificateChain: certificate.toString(),
}

function contextIn(phase: PhaseContext['phase'], tls?: TlsFacts): PhaseContext {
  const { ctx } = testContext(tls === undefined ? {} : { request: { tls } })
  ctx.phase = phase
  return ctx
}

const callIn = (kong: Kong, name: string) =>
  pdkFunctions.find((one) => one.name === `client.tls.${name}`)?.call(kong, [])

describe('kong.client.tls', () => {
  it('tells the certificates of the client', () => {
    const { kong } = contextIn('access', TLS)
    expect(kong.client.tls.getFullClientCertificateChain()).toContain('BEGIN CERTIFICATE')
    expect(contextIn('log').kong.client.tls.getFullClientCertificateChain()).toBeUndefined()
  })

  it('asks the host, in the handshake', () => {
    const asked: string[] = []
    const { kong } = contextIn('certificate', {
      ...TLS,
      requestClientCertificate: () => void asked.push('certificate'),
      disableSessionReuse: () => void asked.push('session'),
    })
    expect(kong.client.tls.requestClientCertificate()).toBe(true)
    expect(kong.client.tls.disableSessionReuse()).toBe(true)
    expect(asked).toEqual(['certificate', 'session'])
  })

  it.each([undefined, TLS])('answers nil and a message where the host cannot (%#)', (tls) => {
    const { kong } = contextIn('certificate', tls)
    expect(callIn(kong, 'request_client_certificate')).toEqual([
      undefined,
      'a client certificate cannot be requested',
    ])
    expect(callIn(kong, 'disable_session_reuse')).toEqual([
      undefined,
      'session reuse cannot be disabled',
    ])
  })

  it.each(['SUCCESS', 'NONE', 'FAILED:expired', 'FAILED:'])('keeps the verdict %s', (verdict) => {
    const ctx = contextIn('access')
    ctx.kong.client.tls.setClientVerify(verdict)
    expect(ctx.clientVerify).toBe(verdict)
  })

  it.each([
    ['success', 'unknown client verify value: success'],
    ['FAILED', 'unknown client verify value: FAILED'],
    ['', 'unknown client verify value: '],
    [undefined, 'unknown client verify value: nil'],
    [{}, 'unknown client verify value: table'],
  ])('refuses the verdict %j', (verdict, message) => {
    const ctx = contextIn('access')
    expect(() => ctx.kong.client.tls.setClientVerify(verdict as string)).toThrow(message)
    expect(ctx.clientVerify).toBeUndefined()
  })
})

describe('TLS towards the Service', () => {
  it('is what a plugin sets', () => {
    const ctx = contextIn('access')
    const { service } = ctx.kong
    expect(service.setTlsCertKey([certificate], privateKey)).toBe(true)
    expect(service.setTlsVerifyStore(certificate)).toBe(true)
    expect(ctx.upstreamRequest).toMatchObject({
      tlsCertificate: { chain: [certificate], key: privateKey },
      tlsVerifyStore: [certificate],
    })
  })

  it.each<readonly [message: string, (kong: Kong) => unknown]>([
    [
      'chain must be a parsed cdata object',
      (kong) => kong.service.setTlsCertKey(certificate.toString() as never, privateKey),
    ],
    ['chain must be a parsed', (kong) => kong.service.setTlsCertKey([], privateKey)],
    [
      'key must be a parsed cdata object',
      (kong) => kong.service.setTlsCertKey(certificate, publicKey),
    ],
    ['key must be a parsed', (kong) => kong.service.setTlsCertKey(certificate, 'key' as never)],
    [
      'argument must be a resty.openssl.x509.store object',
      (kong) => kong.service.setTlsVerifyStore({} as never),
    ],
    [
      'retry_callback must be a function',
      (kong) => kong.service.setTargetRetryCallback({} as never),
    ],
  ])('refuses: %s', (message, call) => {
    const { kong } = contextIn('access')
    expect(() => call(kong)).toThrow(message)
  })

  it('knows where a plugin wants to try next', () => {
    const ctx = contextIn('access')
    ctx.kong.service.setTargetRetryCallback(() => ({ host: '10.1.1.1', port: 80 }))
    expect(ctx.upstreamRequest.retryCallback?.()).toEqual({ host: '10.1.1.1', port: 80 })
  })

  it.each([
    ['https', 'http', 'https'],
    ['grpcs', 'grpc', 'grpcs'],
    ['tls', 'tcp', 'tls'],
    ['http', 'http', 'https'],
    ['ws', 'ws', 'ws'],
  ])('can be left out: %s becomes %s, and then %s', (scheme, plain, tls) => {
    const ctx = contextIn('balancer')
    ctx.upstreamRequest.scheme = scheme
    ctx.kong.service.request.disableTls()
    expect(ctx.upstreamRequest.scheme).toBe(plain)
    ctx.kong.service.request.enableTls()
    expect(ctx.upstreamRequest.scheme).toBe(tls)
  })
})
