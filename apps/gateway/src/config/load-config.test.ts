import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest'
import { ConfigError } from './config-error.ts'
import type { GatewayConfig } from './gateway-config.ts'
import { type ConfigSources, loadConfig } from './load-config.ts'
import { maskSecrets } from './mask-secrets.ts'
import type { ListenEntry } from './parse-listen.ts'
import type { Problem } from './problem.ts'

let folder: string
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'postern-config-'))
})
afterAll(() => rmSync(folder, { recursive: true }))

function load(text: string, sources: Partial<ConfigSources> = {}) {
  const file = join(folder, 'test.conf')
  writeFileSync(file, text)
  return loadConfig({ env: {}, folder, ...sources, file })
}

function problemsOf(text: string, sources: Partial<ConfigSources> = {}): readonly Problem[] {
  try {
    return load(text, sources).warnings
  } catch (error) {
    if (error instanceof ConfigError) return error.problems
    throw error
  }
}

describe('loadConfig()', () => {
  it('answers the defaults when nothing is set', () => {
    const { config, warnings } = loadConfig({ env: {}, folder })
    expect(warnings).toEqual([])
    expect(config).toMatchObject({
      prefix: join(folder, '.postern'),
      database: 'sqlite',
      admin_listen: [{ host: '127.0.0.1', port: 8001 }],
      client_max_body_size: 0,
      client_body_buffer_max: 8_388_608,
      untrusted_functions: 'sandbox',
      admin_token: null,
      trusted_ips: [],
    })
  })

  it('lets no address but the proxy be reached from other machines unless told to', () => {
    const { admin_listen, status_listen, stream_listen } = loadConfig({ env: {}, folder }).config
    const hosts = [...admin_listen, ...status_listen, ...stream_listen].map(({ host }) => host)
    expect(new Set(hosts)).toEqual(new Set(['127.0.0.1']))
  })

  it.each([
    { name: 'the file', env: {}, overrides: {}, level: 'warn' },
    {
      name: 'KONG_* over the file',
      env: { KONG_LOG_LEVEL: 'error' },
      overrides: {},
      level: 'error',
    },
    {
      name: 'POSTERN_* over KONG_*',
      env: { POSTERN_LOG_LEVEL: 'debug', KONG_LOG_LEVEL: 'error' },
      overrides: {},
      level: 'debug',
    },
    {
      name: 'overrides over everything',
      env: { POSTERN_LOG_LEVEL: 'debug' },
      overrides: { log_level: 'crit' },
      level: 'crit',
    },
  ])('takes $name', ({ env, overrides, level }) => {
    expect(load('log_level = warn', { env, overrides }).config.log_level).toBe(level)
  })

  it.each([
    { variable: 'KONG_WORKERS', taken: false, why: 'Kong has no such key' },
    { variable: 'POSTERN_WORKERS', taken: true, why: 'it is ours' },
    { variable: 'KONG_NGINX_WORKER_PROCESSES', taken: true, why: 'Kong calls it so' },
  ])('reads $variable: $taken, because $why', ({ variable, taken }) => {
    const { config } = loadConfig({ env: { [variable]: '7' }, folder })
    expect(config.workers === 7).toBe(taken)
  })

  it.each([
    { text: 'untrusted_lua = off', key: 'untrusted_functions', value: 'off' },
    { text: 'nginx_http_client_max_body_size = 0', key: 'client_max_body_size', value: 0 },
    { text: 'nginx_proxy_real_ip_recursive = on', key: 'real_ip_recursive', value: true },
    {
      text: 'nginx_proxy_real_ip_header = X-Forwarded-For',
      key: 'real_ip_header',
      value: 'X-Forwarded-For',
    },
    {
      text: 'nginx_http_lua_transform_underscores_in_response_headers = off',
      key: 'transform_underscores_in_response_headers',
      value: false,
    },
  ] as const)('reads $text as $key', ({ text, key, value }) => {
    const { config, warnings } = load(text)
    expect(config[key]).toBe(value)
    expect(warnings).toEqual([])
  })

  it.each([
    {
      text: '\nproxy_listn = off',
      problem: {
        line: 2,
        column: 1,
        message: 'unknown key "proxy_listn"; did you mean "proxy_listen"?',
      },
    },
    {
      text: 'zookeeper = x',
      problem: { line: 1, column: 1, message: 'unknown key "zookeeper"' },
    },
    {
      text: 'workers = many # all of them',
      problem: {
        line: 1,
        column: 11,
        message: 'workers is "many", expected a whole number from 0 to 1024, or auto',
      },
    },
    {
      text: 'admin_listen = 127.0.0.1:8001, 8002',
      problem: { line: 1, column: 32 },
    },
    {
      text: 'trusted_ips = 10.0.0.0/8, all',
      problem: { line: 1, column: 27 },
    },
    {
      text: 'ssl_certs = a.pem',
      problem: { line: 1, column: 1, message: 'unknown key "ssl_certs"; did you mean "ssl_cert"?' },
    },
  ])('refuses $text and says where', ({ text, problem }) => {
    expect(problemsOf(text)).toMatchObject([{ ...problem, severity: 'error' }])
  })

  it('tells every problem at once, each with its place', () => {
    const text = 'workers = many\nnonsense\nlog_level = loud'
    expect(() => load(text, { env: { POSTERN_HTTP_ENGINE: 'fast' } })).toThrow(
      expect.objectContaining({
        code: 'POSTERN_CONFIG_INVALID',
        message: expect.stringMatching(
          /has 4 problems:\n.*:2:1: .*\n.*:1:11: workers.*\n.*:3:13: log_level.*\nenvironment variable POSTERN_HTTP_ENGINE: http_engine/,
        ) as string,
      }) as Error,
    )
  })

  it.each([
    {
      text: 'lua_package_cpath = ./?.so',
      code: 'POSTERN_CONFIG_KEY_NEEDLESS',
      names: 'lua_package_cpath',
    },
    {
      text: 'nginx_http_charset = off',
      code: 'POSTERN_CONFIG_KEY_NOT_SUPPORTED',
      names: 'nginx_http_charset',
    },
    { text: 'dns_order = A', code: 'POSTERN_CONFIG_KEY_NOT_SUPPORTED', names: 'dns_order' },
    { text: 'workers = 1\nworkers = 2', code: 'POSTERN_CONFIG_KEY_REPEATED', names: 'workers' },
    {
      text: 'untrusted_functions = on\nuntrusted_lua = off',
      code: 'POSTERN_CONFIG_KEY_REPEATED',
      names: 'untrusted_lua',
    },
  ])('takes $text with a warning that names the key', ({ text, code, names }) => {
    const { warnings } = load(text)
    expect(warnings).toMatchObject([{ severity: 'warning', code }])
    expect(warnings[0]?.message).toContain(JSON.stringify(names))
  })

  it.each([
    { text: 'admin_token = abc', severity: 'error' },
    { text: 'stream_listen = 0.0.0.0:9000', severity: 'error' },
    { text: 'db_update_frequency = 7', severity: 'warning' },
    { text: 'client_max_body_size = 1m', severity: undefined },
    { text: 'db_update_frequency = 5', severity: undefined },
  ])('tells that a key has no effect yet: $text is $severity', ({ text, severity }) => {
    const told = problemsOf(text).map((problem) => [problem.severity, problem.code])
    expect(told).toEqual(severity === undefined ? [] : [[severity, 'POSTERN_CONFIG_KEY_NOT_YET']])
  })

  it('lets the last of repeated keys hold', () => {
    expect(load('workers = 1\nworkers = 2').config.workers).toBe(2)
  })

  it.each([
    { env: { POSTERN_PROXY_LISTN: 'off' }, warned: true, why: 'it is nearly a key' },
    { env: { POSTERN_REQUIRE_SERVICES: '1' }, warned: false, why: 'it is like none' },
    { env: { POSTERN_SERVICE_HOST: '10.0.0.1' }, warned: false, why: 'an orchestrator adds it' },
    { env: { KONG_PROXY_LISTN: 'off' }, warned: false, why: 'it may be meant for a Kong' },
    { env: { KONG_DNS_ORDER: 'A' }, warned: true, why: 'Kong has it and we do not' },
    { env: { PATH: '/bin' }, warned: false, why: 'it is not ours' },
  ])('warns of the variables $env: $warned, because $why', ({ env, warned }) => {
    expect(loadConfig({ env, folder }).warnings.length > 0).toBe(warned)
  })

  it('takes values of variables as they are, "#" and quotes included', () => {
    const env = { POSTERN_PG_PASSWORD: '"a#b\\#c"' }
    expect(loadConfig({ env, folder }).config.pg_password).toBe('"a#b\\#c"')
  })

  it.each([
    { name: 'a bad value', text: 'admin_token = {vault://env/s3cret}' },
    { name: 'a misspelled key', text: 'admin_tokn = s3cret' },
    { name: 'a cut value', text: 'admin_token = ab#s3cret' },
  ])('never repeats a secret: $name', ({ text }) => {
    const problems = problemsOf(text)
    expect(problems.length).toBeGreaterThan(0)
    expect(JSON.stringify(problems)).not.toContain('s3cret')
  })

  it.each(['constructor', '__proto__', 'toString', 'hasOwnProperty'])(
    'takes %s as an unknown key',
    (key) => {
      const env = { [`POSTERN_${key.toUpperCase()}`]: 'x', [`KONG_${key.toUpperCase()}`]: 'x' }
      expect(problemsOf('', { env, overrides: Object.fromEntries([[key, 'x']]) })).toMatchObject([
        { severity: 'error', code: 'POSTERN_CONFIG_KEY_UNKNOWN' },
      ])
    },
  )

  it('reads postern.conf in the folder when no file is named', () => {
    const inner = mkdtempSync(join(folder, 'inner-'))
    writeFileSync(join(inner, 'postern.conf'), 'workers = 3')
    expect(loadConfig({ env: {}, folder: inner }).config.workers).toBe(3)
  })

  it('refuses a named file that is not there', () => {
    expect(() => loadConfig({ env: {}, folder, file: 'absent.conf' })).toThrow(
      /"absent.conf".*ENOENT/,
    )
  })

  it('answers frozen data that another process can be sent', () => {
    const { config } = loadConfig({ env: {}, folder })
    expect(Object.isFrozen(config)).toBe(true)
    expect(Object.isFrozen(config.proxy_listen[0])).toBe(true)
    expect(JSON.parse(JSON.stringify(config))).toEqual(config)
  })

  it('types each value after its key', () => {
    expectTypeOf<GatewayConfig['database']>().toEqualTypeOf<'sqlite' | 'postgres' | 'off'>()
    expectTypeOf<GatewayConfig['workers']>().toEqualTypeOf<number>()
    expectTypeOf<GatewayConfig['lockdown']>().toEqualTypeOf<boolean>()
    expectTypeOf<GatewayConfig['admin_token']>().toEqualTypeOf<string | null>()
    expectTypeOf<GatewayConfig['prefix']>().toEqualTypeOf<string>()
    expectTypeOf<GatewayConfig['trusted_ips']>().toEqualTypeOf<readonly string[]>()
    expectTypeOf<GatewayConfig['proxy_listen']>().toEqualTypeOf<readonly ListenEntry[]>()
  })
})

describe('maskSecrets()', () => {
  it('hides the values of secrets, and shows that there is none', () => {
    const { config } = load('pg_password = s3cret')
    expect(maskSecrets(config)).toMatchObject({
      admin_token: null,
      pg_password: '******',
      pg_user: 'kong',
    })
  })
})
