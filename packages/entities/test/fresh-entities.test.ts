// What a new entity looks like, field by field, and the rules that need more than one write.
import { readFileSync } from 'node:fs'
import { checkEntity, type CheckOptions, type EntitySchema, type Violations } from '@postern/schema'
import { afterEach, describe, expect, it, vi } from 'vitest'
import {
  ca_certificates,
  certificates,
  consumers,
  coreEntities,
  keys,
  normalizeTarget,
  plugins,
  routes,
  services,
  snis,
  targets,
  upstreams,
  vaults,
} from '@postern/entities'

const NOW = 1_700_000_000_123
const id = expect.stringMatching(
  /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
)
const times = { created_at: 1_700_000_000, updated_at: 1_700_000_000 }
const someId = '123e4567-e89b-12d3-a456-426614174000'

function make(schema: EntitySchema, input: object, options: Partial<CheckOptions> = {}) {
  const checked = checkEntity(schema, input, { operation: 'insert', nowMs: NOW, ...options })
  if (!checked.ok) throw new Error(JSON.stringify(checked.violations))
  return checked.value
}

function violationsOf(
  schema: EntitySchema,
  input: object,
  options: Partial<CheckOptions> = {},
): Violations | undefined {
  const checked = checkEntity(schema, input, { operation: 'insert', ...options })
  return checked.ok ? undefined : checked.violations
}

function pem(name: string): string {
  return readFileSync(new URL(`pem/${name}`, import.meta.url), 'utf8')
}

describe('fresh entities', () => {
  it('fills in a Service', () => {
    expect(make(services, { host: 'h' })).toEqual({
      id,
      name: null,
      retries: 5,
      protocol: 'http',
      host: 'h',
      port: 80,
      path: null,
      connect_timeout: 60000,
      write_timeout: 60000,
      read_timeout: 60000,
      tags: null,
      client_certificate: null,
      tls_verify: null,
      tls_verify_depth: null,
      ca_certificates: null,
      enabled: true,
      ...times,
    })
  })

  it('fills in a Route', () => {
    expect(make(routes, { paths: ['/p'] })).toEqual({
      id,
      name: null,
      protocols: ['http', 'https'],
      methods: null,
      hosts: null,
      paths: ['/p'],
      headers: null,
      snis: null,
      sources: null,
      destinations: null,
      https_redirect_status_code: 426,
      regex_priority: 0,
      strip_path: true,
      path_handling: 'v0',
      preserve_host: false,
      request_buffering: true,
      response_buffering: true,
      service: null,
      tags: null,
      ...times,
    })
  })

  it('fills in a Consumer', () => {
    const value = make(consumers, { username: 'bob' })
    expect(value).toEqual({ id, username: 'bob', custom_id: null, tags: null, ...times })
  })

  it('fills in a Plugin, its configuration by its own schema', () => {
    const subschema = () =>
      ({
        fields: { config: { type: 'record', fields: { hot: { type: 'boolean', default: true } } } },
      }) as const
    expect(make(plugins, { name: 'tea' }, { subschema })).toEqual({
      id,
      name: 'tea',
      instance_name: null,
      enabled: true,
      protocols: ['grpc', 'grpcs', 'http', 'https'],
      service: null,
      route: null,
      consumer: null,
      tags: null,
      config: { hot: true },
      ...times,
    })
  })

  it('fills in an Upstream', () => {
    const failures = { tcp_failures: 0, timeouts: 0, http_failures: 0 }
    expect(make(upstreams, { name: 'up.test' })).toEqual({
      id,
      name: 'up.test',
      algorithm: 'round-robin',
      hash_on: 'none',
      hash_fallback: 'none',
      hash_on_header: null,
      hash_fallback_header: null,
      hash_on_cookie: null,
      hash_on_cookie_path: '/',
      hash_on_query_arg: null,
      hash_fallback_query_arg: null,
      hash_on_uri_capture: null,
      hash_fallback_uri_capture: null,
      slots: 10000,
      host_header: null,
      client_certificate: null,
      use_srv_name: false,
      tags: null,
      healthchecks: {
        threshold: 0,
        active: {
          type: 'http',
          timeout: 1,
          concurrency: 10,
          http_path: '/',
          https_sni: null,
          https_verify_certificate: true,
          headers: null,
          healthy: { interval: 0, http_statuses: [200, 302], successes: 0 },
          unhealthy: {
            interval: 0,
            http_statuses: [429, 404, 500, 501, 502, 503, 504, 505],
            ...failures,
          },
        },
        passive: {
          type: 'http',
          healthy: {
            http_statuses: [
              200, 201, 202, 203, 204, 205, 206, 207, 208, 226, 300, 301, 302, 303, 304, 305, 306,
              307, 308,
            ],
            successes: 0,
          },
          unhealthy: { http_statuses: [429, 500, 503], ...failures },
        },
      },
      ...times,
    })
  })

  it('fills in a Target, with milliseconds in its times', () => {
    expect(make(targets, { target: 'mashape.com', upstream: { id: someId } })).toEqual({
      id,
      target: 'mashape.com:8000',
      weight: 100,
      upstream: { id: someId },
      tags: null,
      created_at: 1_700_000_000.123,
      updated_at: 1_700_000_000.123,
    })
  })

  it('fills in a certificate, its names and an authority', () => {
    const [cert, key] = [pem('ec.crt'), pem('ec.key')]
    const alternative = { cert_alt: null, key_alt: null, tags: null, ...times }
    expect(make(certificates, { cert, key })).toEqual({ id, cert, key, ...alternative })
    expect(make(snis, { name: '*.a.test', certificate: { id: someId } })).toEqual({
      id,
      name: '*.a.test',
      certificate: { id: someId },
      tags: null,
      ...times,
    })
    expect(make(ca_certificates, { cert: pem('ca.crt') })).toEqual({
      id,
      cert: pem('ca.crt'),
      cert_digest: expect.stringMatching(/^[0-9a-f]{64}$/),
      tags: null,
      ...times,
    })
  })

  it('fills in a vault by its kind', () => {
    expect(make(vaults, { name: 'env', prefix: 'my-env', config: { prefix: 'X' } })).toEqual({
      id,
      name: 'env',
      prefix: 'my-env',
      description: null,
      config: { prefix: 'X' },
      tags: null,
      ...times,
    })
    expect(violationsOf(vaults, { name: 'nope', prefix: 'my' })).toEqual({
      name: "vault 'nope' is not installed",
    })
  })
})

describe('Services on update', () => {
  const current = make(services, { url: 'https://a.test:8443/p' })
  const update = { operation: 'update', current } as const

  it('replaces protocol, host, port and path by a url', () => {
    const value = make(services, { url: 'http://b.test' }, update)
    expect(value).toMatchObject({ protocol: 'http', host: 'b.test', port: 80, path: null })
  })

  it('checks what the whole becomes', () => {
    expect(violationsOf(services, { protocol: 'tcp' }, update)).toEqual({
      '@entity': ["failed conditional validation given value of field 'protocol'"],
      path: 'value must be null',
    })
  })
})

describe('Upstreams: hash_on and algorithm', () => {
  it.each([
    [{ hash_on: 'ip' }, { algorithm: 'consistent-hashing', hash_on: 'ip' }],
    [{ hash_on: 'none' }, { algorithm: 'round-robin', hash_on: 'none' }],
    [{ hash_on: null }, { algorithm: 'round-robin', hash_on: 'none' }],
    [
      { algorithm: 'latency', hash_on: 'ip' },
      { algorithm: 'latency', hash_on: 'none' },
    ],
    [
      { algorithm: 'round-robin', hash_on: 'ip' },
      { algorithm: 'consistent-hashing', hash_on: 'ip' },
    ],
  ])('takes %j as %j', (input, part) => {
    expect(make(upstreams, { name: 'up.test', ...input })).toMatchObject(part)
  })

  it('gives up hashing when the algorithm changes', () => {
    const current = make(upstreams, { name: 'up.test', hash_on: 'ip' })
    const update = { operation: 'update', current } as const
    const value = make(upstreams, { algorithm: 'least-connections' }, update)
    expect(value).toMatchObject({ algorithm: 'least-connections', hash_on: 'none' })
  })
})

describe('normalizeTarget()', () => {
  it.each([
    ['a.test', 'a.test:8000'],
    ['a.test:80', 'a.test:80'],
    ['10.0.0.1', '10.0.0.1:8000'],
    ['[::1]:80', '[0000:0000:0000:0000:0000:0000:0000:0001]:80'],
    ['::1', '[0000:0000:0000:0000:0000:0000:0000:0001]:8000'],
    ['a b', undefined],
    ['a.test:65536', undefined],
    ['', undefined],
  ])('writes %j as %j', (target, normal) => {
    expect(normalizeTarget(target)).toBe(normal)
  })
})

describe('certificates', () => {
  const pair = { cert: pem('ec.crt'), key: pem('ec.key') }
  const alternative = { cert_alt: pem('rsa.crt'), key_alt: pem('rsa.key') }
  afterEach(() => vi.useRealTimers())

  it('takes pairs of two types, names to be stored elsewhere, and vault references', () => {
    const value = make(certificates, { ...pair, ...alternative, snis: ['a.test'] })
    expect(value).not.toHaveProperty('snis')
    const reference = '{vault://env/cert}'
    expect(make(certificates, { cert: reference, key: reference })).toMatchObject({
      cert: reference,
    })
  })

  it.each<[object, Violations]>([
    [{ ...pair, key: alternative.key_alt }, { '@entity': ['certificate does not match key'] }],
    [
      { ...pair, cert_alt: alternative.cert_alt },
      { '@entity': ["all or none of these fields must be set: 'cert_alt', 'key_alt'"] },
    ],
    [
      { ...pair, cert_alt: alternative.cert_alt, key_alt: pair.key },
      { '@entity': ['alternative certificate does not match key'] },
    ],
    [
      { ...pair, cert_alt: pair.cert, key_alt: pair.key },
      {
        '@entity': [
          'certificate and alternative certificate need to have different type ' +
            '(e.g. RSA and ECDSA), the provided certificates were both of the same type',
        ],
      },
    ],
  ])('refuses a wrong pair (%#)', (input, violations) => {
    expect(violationsOf(certificates, input)).toEqual(violations)
  })

  it('says what is no certificate and what is no key', () => {
    expect(violationsOf(certificates, { cert: 'x', key: 'y' })).toEqual({
      cert: expect.stringMatching(/^invalid certificate: /),
      key: expect.stringMatching(/^invalid key: /),
    })
  })

  it.each([
    ['two', () => pem('ca.crt') + pem('ca.crt'), 'please submit only one certificate at a time'],
    [
      'one of nobody',
      () => pem('ec.crt'),
      'certificate does not appear to be a CA because it is missing the "CA" basic constraint',
    ],
  ])('refuses %s as an authority', (_what, cert, message) => {
    expect(violationsOf(ca_certificates, { cert: cert() })).toEqual({ '@entity': [message] })
  })

  it('refuses an authority that has expired', () => {
    vi.useFakeTimers({ now: new Date('2040-01-01') })
    expect(violationsOf(ca_certificates, { cert: pem('ca.crt') })).toEqual({
      '@entity': ['certificate expired, "Not After" time is in the past'],
    })
  })
})

describe('keys', () => {
  it.each<[object, Violations | undefined]>([
    [
      { name: 'k' },
      {
        '@entity': ["at least one of these fields must be non-empty: 'jwk', 'pem'"],
        kid: 'required field missing',
      },
    ],
    [{ kid: 'a', jwk: '{"kid":"a"}' }, undefined],
    [{ kid: 'a', jwk: '{"kid":"b"}' }, { '@entity': ['kid in jwk.kid must be equal to keys.kid'] }],
    [{ kid: 'a', jwk: '{' }, { jwk: 'could not json decode jwk string' }],
    [{ kid: 'a', pem: { private_key: pem('ec.key') } }, undefined],
    [
      { kid: 'a', pem: { public_key: 'x' } },
      { pem: { public_key: 'could not load the key, it is not in PEM format' } },
    ],
  ])('says of %j: %j', (input, violations) => {
    expect(violationsOf(keys, input)).toEqual(violations)
  })
})

describe('coreEntities', () => {
  it('names each after those it refers to', () => {
    const names = coreEntities.map((entity) => entity.name)
    for (const [place, entity] of coreEntities.entries()) {
      for (const field of Object.values(entity.fields)) {
        if (field.type === 'foreign') expect(names.slice(0, place)).toContain(field.reference)
      }
    }
  })

  it('has endpoint keys and cache keys that are fields', () => {
    for (const { fields, endpoint_key: endpointKey, cache_key: cacheKey = [] } of coreEntities) {
      for (const name of [endpointKey ?? 'id', ...cacheKey]) expect(fields).toHaveProperty(name)
    }
  })
})
