import { generateKeyPairSync } from 'node:crypto'
import { isTruncated, type PdkPhase, PDK_PHASES } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
import { certificate } from '../../test/test-certificate.ts'
import { route, testContext } from '../../test/test-context.ts'
import { pdkFunctions, snakeCase } from '../pdk-functions.ts'

const REQUEST =
  'rewrite, access, balancer, response, cluster_listener, header_filter, body_filter, log, error, admin_api'
const BODY = 'rewrite, access, response, error, admin_api'
const AUTH = 'access, response, header_filter, body_filter, log'
const RESPONSE = 'response, header_filter, body_filter, log'
const R_A = 'rewrite, access'
const R_A_B = 'rewrite, access, balancer'
const R_A_B_P = 'rewrite, access, balancer, preread'
const CHAIN = 'rewrite, access, balancer, response, header_filter, body_filter, log'
const VALUES = 'rewrite, access, response, header_filter, body_filter, log'
const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const NOT_INIT = 'except: init_worker'
const ANY = 'any'

/** Every function outside kong.response: arguments that are fine, and Kong's phases. */
const MATRIX: readonly (readonly [name: string, args: readonly unknown[], phases: string])[] = [
  ['request.get_scheme', [], REQUEST],
  ['request.get_host', [], REQUEST],
  ['request.get_port', [], NOT_INIT],
  ['request.get_forwarded_scheme', [], REQUEST],
  ['request.get_forwarded_host', [], REQUEST],
  ['request.get_forwarded_port', [], REQUEST],
  ['request.get_forwarded_path', [], REQUEST],
  ['request.get_forwarded_prefix', [], REQUEST],
  ['request.get_http_version', [], REQUEST],
  ['request.get_method', [], REQUEST],
  ['request.get_path', [], REQUEST],
  ['request.get_raw_path', [], REQUEST],
  ['request.get_path_with_query', [], REQUEST],
  ['request.get_raw_query', [], REQUEST],
  ['request.get_query_arg', ['a'], REQUEST],
  ['request.get_query', [], REQUEST],
  ['request.get_header', ['a'], REQUEST],
  ['request.get_header_values', ['a'], REQUEST],
  ['request.get_headers', [], REQUEST],
  ['request.get_raw_body', [], BODY],
  ['request.get_body', ['application/json'], BODY],
  ['request.get_start_time', [], REQUEST],
  ['request.get_uri_captures', [], REQUEST],
  ['request.get_id', [], REQUEST],
  ['request.get_raw_headers', [], REQUEST],
  ['request.get_raw_forwarded_path', [], REQUEST],
  ['client.get_ip', [], NOT_INIT],
  ['client.get_forwarded_ip', [], NOT_INIT],
  ['client.get_port', [], NOT_INIT],
  ['client.get_forwarded_port', [], NOT_INIT],
  ['client.get_credential', [], AUTH],
  ['client.get_consumer', [], AUTH],
  ['client.load_consumer', ['known', true], AUTH],
  ['client.authenticate', [{ id: 'c' }], 'access'],
  ['client.get_protocol', [], AUTH],
  ['client.tls.request_client_certificate', [], 'certificate'],
  ['client.tls.disable_session_reuse', [], 'certificate'],
  ['client.tls.get_full_client_certificate_chain', [], CHAIN],
  ['client.tls.set_client_verify', ['NONE'], R_A_B],
  ['service.set_upstream', ['known'], 'access'],
  ['service.set_target', ['h', 80], R_A_B_P],
  ['service.set_retries', [1], 'access'],
  ['service.set_timeouts', [1, 1, 1], 'access'],
  ['service.set_target_retry_callback', [() => undefined], 'access'],
  ['service.set_tls_cert_key', [certificate, privateKey], R_A_B_P],
  ['service.set_tls_verify_store', [certificate], R_A_B_P],
  ['service.set_tls_verify', [true], R_A_B_P],
  ['service.set_tls_verify_depth', [1], R_A_B_P],
  ['service.request.enable_buffering', [], R_A_B],
  ['service.request.enable_tls', [], 'balancer, preread'],
  ['service.request.disable_tls', [], 'balancer, preread'],
  ['service.request.set_scheme', ['http'], R_A_B],
  ['service.request.set_path', ['/'], R_A_B],
  ['service.request.set_raw_query', ['a=b'], R_A],
  ['service.request.set_method', ['PUT'], R_A],
  ['service.request.set_query', [{}], R_A],
  ['service.request.clear_query_arg', ['a'], R_A],
  ['service.request.set_header', ['a', 'b'], R_A_B],
  ['service.request.add_header', ['a', 'b'], R_A],
  ['service.request.clear_header', ['a'], R_A],
  ['service.request.set_headers', [{ a: 'b' }], R_A_B],
  ['service.request.set_raw_body', ['x'], R_A_B],
  ['service.request.set_body', [{}, 'application/json'], R_A_B],
  ['service.response.get_status', [], RESPONSE],
  ['service.response.get_headers', [], RESPONSE],
  ['service.response.get_header', ['a'], RESPONSE],
  ['service.response.get_raw_body', [], RESPONSE],
  ['service.response.get_body', ['application/json'], RESPONSE],
  ['router.get_route', [], AUTH],
  ['router.get_service', [], AUTH],
  ['node.get_id', [], ANY],
  ['node.get_hostname', [], ANY],
  ['node.get_memory_stats', [], ANY],
  ['cluster.get_id', [], ANY],
  ['nginx.get_subsystem', [], ANY],
  ['nginx.get_statistics', [], ANY],
  ['nginx.get_var', ['host'], ANY],
  ['nginx.get_ctx', ['a'], ANY],
  ['nginx.set_ctx', ['a', 1], ANY],
  ['nginx.req_start_time', [], ANY],
  ['cache.get', ['a', {}, () => 1], ANY],
  ['cache.get_bulk', [[{ key: 'a' }]], ANY],
  ['cache.renew', ['a', {}, () => 1], ANY],
  ['cache.safe_set', ['a', 1], ANY],
  ['cache.probe', ['a'], ANY],
  ['cache.invalidate', ['a'], ANY],
  ['cache.invalidate_local', ['a'], ANY],
  ['cache.purge', [], ANY],
  ['vault.is_reference', ['a'], ANY],
  ['vault.parse_reference', ['{vault://env/a}'], ANY],
  ['vault.get', ['{vault://env/a}'], ANY],
  ['vault.update', [{}], ANY],
  ['vault.try', [() => 1, {}], ANY],
  ['vault.flush', [], ANY],
  ['tracing.start_span', ['a'], ANY],
  ['tracing.create_span', [undefined], ANY],
  ['tracing.active_span', [], ANY],
  ['tracing.set_active_span', [undefined], ANY],
  ['tracing.process_span', [() => undefined], ANY],
  ['tracing.link_span', [{}], ANY],
  ['tracing.set_should_sample', [true], ANY],
  ['tracing.get_sampling_decision', [], ANY],
  ['telemetry.log', ['p', {}, 'type'], ANY],
  ['configuration.remove_sensitive', [], ANY],
  ['ip.is_trusted', ['::1'], ANY],
  ['plugin.get_id', [], ANY],
  ['table.new', [1, 2], ANY],
  ['table.clear', [{}], ANY],
  ['table.merge', [{}, {}], ANY],
  ['log', ['x'], ANY],
  ...['debug', 'info', 'notice', 'warn', 'err', 'crit', 'alert', 'emerg'].map(
    (level) => [`log.${level}`, ['x'], ANY] as const,
  ),
  ['log.inspect', [{}], ANY],
  ['log.inspect.on', [], ANY],
  ['log.inspect.off', [], ANY],
  ['log.deprecation', ['x'], ANY],
  ['log.set_serialize_value', ['a', 1], VALUES],
  ['log.serialize', [], 'log'],
  ['log.set_format', ['%message'], ANY],
  ['log.new', ['name'], ANY],
]

const byName = new Map(pdkFunctions.map((one) => [one.name, one]))

describe('the phases of the PDK', () => {
  it('are told for every function, under the name that Lua sees', () => {
    const told = MATRIX.map(([name]) => name)
    const others = pdkFunctions
      .map((one) => one.name)
      .filter((name) => !name.startsWith('response.'))
    expect(others.sort()).toEqual(told.toSorted())
  })

  it.each(MATRIX)('%s', (name, args, phases) => {
    for (const phase of PDK_PHASES) {
      const { ctx } = testContext()
      ctx.phase = phase
      ctx.route = route('r')
      ctx.body = Buffer.from('{}')
      ctx.serviceResponse = {
        status: 200,
        headers: ctx.request.headers,
        body: Buffer.from('{}'),
      }
      const call = () => byName.get(name)?.call(ctx.kong, args)
      if (isAllowed(phase, phases)) expect(call, phase).not.toThrow()
      else expect(call, phase).toThrow(refusal(phase, phases))
    }
  })
})

function isAllowed(phase: PdkPhase, phases: string): boolean {
  if (phases === ANY) return true
  return phases === NOT_INIT ? phase !== 'init_worker' : phases.split(', ').includes(phase)
}

function refusal(phase: PdkPhase, phases: string): string {
  const told =
    phases === NOT_INIT ? 'can be called in any phases except: init_worker' : `only in: ${phases}`
  return `function cannot be called in ${phase} phase (${told})`
}

describe('pdkFunctions', () => {
  it.each([
    ['getRawBody', 'get_raw_body'],
    ['setTlsVerify', 'set_tls_verify'],
    ['exit', 'exit'],
    ['service.request.setHeader', 'service.request.set_header'],
  ])('writes %s as %s', (ours, kongs) => {
    expect(snakeCase(ours)).toBe(kongs)
  })

  it('marks what reaches beyond the request', () => {
    const shared = pdkFunctions.filter(({ reach }) => reach === 'node').map(({ name }) => name)
    expect(new Set(shared.map((name) => name.split('.')[0]))).toEqual(new Set(['cache', 'vault']))
    expect(shared).toHaveLength(14)
  })

  it('has kong.response as well', () => {
    const names = pdkFunctions.map((one) => one.name).filter((name) => name.startsWith('response.'))
    expect(names.sort()).toEqual(
      [
        'add_header',
        'clear_header',
        'error',
        'exit',
        'get_header',
        'get_headers',
        'get_raw_body',
        'get_source',
        'get_status',
        'set_header',
        'set_headers',
        'set_raw_body',
        'set_status',
      ].map((name) => `response.${name}`),
    )
  })

  it('answers nil and a message where TypeScript throws that something is not there', () => {
    const { ctx } = testContext()
    ctx.phase = 'access'
    expect(byName.get('service.set_upstream')?.call(ctx.kong, ['unknown'])).toEqual([
      undefined,
      "could not find an Upstream named 'unknown'",
    ])
    expect(() => byName.get('service.set_upstream')?.call(ctx.kong, [5])).toThrow(
      'host must be a string',
    )
  })

  it('says of a table that it was cut short', () => {
    const headers = Array.from({ length: 3 }, (_, i) => [`X-${i}`, 'v']).flat()
    const { ctx } = testContext({ headers, request: { rawQuery: 'a=1&b=2' } })
    const [table, told] = byName.get('request.get_headers')?.call(ctx.kong, [2]) ?? []
    expect([isTruncated(table as never), told]).toEqual([true, 'truncated'])
    expect(byName.get('request.get_query')?.call(ctx.kong, [1])?.[1]).toBe('truncated')
    expect(byName.get('request.get_query')?.call(ctx.kong, [2])).toHaveLength(1)
  })

  it('answers nothing for nothing', () => {
    const { ctx } = testContext()
    expect(byName.get('request.get_header')?.call(ctx.kong, ['absent'])).toEqual([])
  })
})
