import { describe, expect, it } from 'vitest'
import { testContext, type TestFacts } from '../../test/test-context.ts'
import { pdkFunctions } from '../pdk-functions.ts'
import type { Kong, TelemetryRecord, Tracing } from '../index.ts'

const kongOf = (facts: TestFacts = {}): Kong => testContext(facts).ctx.kong

const callIn = (kong: Kong, name: string, ...args: unknown[]) =>
  pdkFunctions.find((one) => one.name === name)?.call(kong, args)

describe('kong.node.getMemoryStats()', () => {
  const memory = () => ({
    workers: [{ pid: 7, heapBytes: 5_500_000 }],
    shared: { cache: { capacityBytes: 2_097_152, usedBytes: 1_024 } },
  })

  it.each([
    { unit: undefined, scale: undefined, heap: 5_500_000, capacity: 2_097_152 },
    { unit: 'b', scale: 2, heap: 5_500_000, capacity: 2_097_152 },
    { unit: 'k', scale: undefined, heap: '5371.09 KiB', capacity: '2048.00 KiB' },
    { unit: 'K', scale: 0, heap: '5371 KiB', capacity: '2048 KiB' },
    { unit: 'm', scale: undefined, heap: '5.25 MiB', capacity: '2.00 MiB' },
    { unit: 'G', scale: 4, heap: '0.0051 GiB', capacity: '0.0020 GiB' },
  ])('tells it in $unit with $scale digits', ({ unit, scale, heap, capacity }) => {
    expect(kongOf({ node: { memory } }).node.getMemoryStats(unit, scale)).toMatchObject({
      workers_lua_vms: [{ pid: 7, http_allocated_gc: heap }],
      lua_shared_dicts: { cache: { capacity } },
    })
  })

  it.each<readonly [unit: unknown, scale: unknown, message: string]>([
    ['x', 2, "invalid unit 'x' (expected 'k/K', 'm/M', or 'g/G')"],
    ['', 2, "invalid unit ''"],
    ['k', -1, 'scale must be equal or greater than 0'],
    ['k', '2', 'scale must be equal or greater than 0'],
    ['k', Number.NaN, 'scale must be equal or greater than 0'],
  ])('refuses %j with %j', (unit, scale, message) => {
    expect(() => kongOf().node.getMemoryStats(unit as string, scale as number)).toThrow(message)
  })

  it('tells of this process where the host tells nothing, and bears a huge scale', () => {
    const [worker] = kongOf().node.getMemoryStats('m', 1e9).workers_lua_vms
    expect(worker?.pid).toBe(process.pid)
    expect(worker?.http_allocated_gc).toMatch(/^\d+\.\d{100} MiB$/)
  })
})

describe('kong.cluster and kong.nginx', () => {
  it('tell what the host knows', () => {
    const statistics = { total_requests: 5 } as never
    const kong = kongOf({
      node: { clusterId: 'c', subsystem: 'stream', statistics: () => statistics },
    })
    expect(kong.cluster.getId()).toBe('c')
    expect(kong.nginx.getSubsystem()).toBe('stream')
    expect(kong.nginx.getStatistics()).toBe(statistics)
  })

  it('answer nil and a message where it knows nothing', () => {
    const kong = kongOf()
    expect(callIn(kong, 'cluster.get_id')).toEqual([undefined, 'the cluster has no id'])
    expect(callIn(kong, 'nginx.get_statistics')).toEqual([
      undefined,
      'statistics are not available',
    ])
    expect(kong.nginx.getSubsystem()).toBe('http')
  })

  it.each([
    ['remote_addr', '10.0.0.1'],
    ['server_port', '8000'],
    ['http_x_a', '1'],
    ['arg_b', '2'],
    ['arg_bare', ''],
    ['arg_none', undefined],
    ['sent_http_x_r', 'y'],
    ['server_protocol', 'HTTP/1.1'],
    ['status', '200'],
    ['constructor', undefined],
    ['', undefined],
  ])('read the variable %s', (name, value) => {
    const { ctx } = testContext({ headers: ['X-A', '1'], request: { rawQuery: 'b=2&bare' } })
    ctx.response.headers.set('X-R', 'y')
    expect(ctx.kong.nginx.getVar(name)).toBe(value)
  })

  it('keep things for the rest of the request', () => {
    const kong = kongOf()
    kong.nginx.setCtx('__proto__', 1)
    expect([kong.nginx.getCtx('__proto__'), kong.nginx.getCtx('constructor')]).toEqual([
      1,
      undefined,
    ])
    expect(kong.nginx.reqStartTime()).toBe(1)
    expect(() => kong.nginx.getVar(5 as never)).toThrow('name must be a string')
  })
})

describe('kong.tracing', () => {
  it('takes anything while it is off, and is one object for all', () => {
    const { tracing } = kongOf()
    const span = tracing.startSpan('a', { anything: 1 })
    const chained = span.setAttribute('a', 1).addEvent('b').recordError('c').setStatus(2)
    expect(chained).toBe(span)
    expect(span.finish()).toBeUndefined()
    expect([tracing.createSpan(undefined), tracing.linkSpan(span)]).toEqual([span, span])
    expect([tracing.activeSpan(), tracing.getSamplingDecision()]).toEqual([undefined, false])
    expect(kongOf().tracing).toBe(tracing)
  })

  it('is that of a host that traces', () => {
    const tracing = { getSamplingDecision: () => true } as unknown as Tracing
    expect(kongOf({ node: { tracing } }).tracing.getSamplingDecision()).toBe(true)
  })
})

describe('kong.telemetry.log()', () => {
  it('hands lines to the host', () => {
    const records: TelemetryRecord[] = []
    const kong = kongOf({ node: { telemetry: (record) => void records.push(record) } })
    expect(kong.telemetry.log('p', { a: 1 }, 'type', 'text', { b: 2 })).toBe(true)
    expect(callIn(kong, 'telemetry.log', 'p', {}, 'type', null)).toEqual([true])
    expect(records).toEqual([
      {
        pluginName: 'p',
        pluginConfig: { a: 1 },
        messageType: 'type',
        message: 'text',
        attributes: { b: 2 },
      },
      {
        pluginName: 'p',
        pluginConfig: {},
        messageType: 'type',
        message: undefined,
        attributes: undefined,
      },
    ])
  })

  it.each([
    [[5, {}, 't'], 'plugin_name must be a string'],
    [['p', 'x', 't'], 'plugin_config must be a table'],
    [['p', {}, 5], 'message_type must be a string'],
    [['p', {}, 't', 5], 'message must be a string'],
    [['p', {}, 't', 'm', 5], 'attributes must be a table'],
  ])('answers nil and a message for %j, whether there is telemetry or not', (args, message) => {
    for (const telemetry of [() => undefined, undefined]) {
      const kong = kongOf({ node: { telemetry } })
      expect(callIn(kong, 'telemetry.log', ...args)).toEqual([undefined, message])
    }
  })

  it('is false while there is none', () => {
    expect(kongOf().telemetry.log('p', {}, 't')).toBe(false)
    expect(callIn(kongOf(), 'telemetry.log', 'p', {}, 't')).toEqual([
      undefined,
      'telemetry logging is disabled',
    ])
  })
})

describe('kong.default_workspace', () => {
  it('is the id of the one workspace, which log lines name as well', () => {
    const { ctx } = testContext()
    ctx.phase = 'log'
    expect(ctx.kong.defaultWorkspace).toMatch(/^[0-9a-f-]{36}$/)
    expect(ctx.kong.log.serialize().workspace).toBe(ctx.kong.defaultWorkspace)
  })
})

describe('kong.configuration', () => {
  const settings = {
    prefix: '/p',
    pg_password: 's1',
    ssl_cert_key: ['s2'],
    admin_token: 's3',
    empty_token: '',
    nested: { client_secret: 's4', port: 1 },
    list: ['a'],
  }
  const configuration = () => kongOf({ node: { configuration: settings } }).configuration

  it('is read like an object, and made once', () => {
    expect(configuration()).toEqual(settings)
    expect(configuration().prefix).toBe('/p')
    expect(configuration()).toBe(configuration())
    expect([configuration().constructor, configuration().absent]).toEqual([undefined, undefined])
  })

  it.each<readonly [string, (view: Record<string, unknown>) => unknown]>([
    ['writing', (view) => (view.prefix = 'x')],
    ['adding', (view) => (view.other = 'x')],
    ['deleting', (view) => delete view.prefix],
    ['defining', (view) => Object.defineProperty(view, 'prefix', { value: 'x' })],
    ['another prototype', (view) => Object.setPrototypeOf(view, { a: 1 })],
  ])('refuses %s', (_, change) => {
    expect(() => change(configuration())).toThrow('cannot write to configuration')
    expect(settings.prefix).toBe('/p')
  })

  it('refuses changes of what it holds, and leaves the settings of the host alone', () => {
    expect(() => (configuration().list as string[]).push('b')).toThrow(TypeError)
    expect(Object.isFrozen(settings.list)).toBe(false)
  })

  it('has a copy without secrets', () => {
    const copy = configuration().removeSensitive()
    expect(copy).toEqual({
      prefix: '/p',
      pg_password: '******',
      ssl_cert_key: '******',
      admin_token: '******',
      empty_token: '',
      nested: { client_secret: '******', port: 1 },
      list: ['a'],
    })
    copy.prefix = 'x'
    expect(configuration().prefix).toBe('/p')
    expect(
      callIn(kongOf({ node: { configuration: settings } }), 'configuration.remove_sensitive'),
    ).toHaveLength(1)
  })
})

describe('kong.table', () => {
  it('merges what may be missing', () => {
    const { table } = kongOf()
    expect(table.merge(null, { a: 1 })).toEqual({ a: 1 })
    expect(table.merge({ a: 1, b: 1 }, { b: 2 })).toEqual({ a: 1, b: 2 })
    expect(table.merge()).toEqual({})
  })

  it.each([
    ['clear', [null], "bad argument #1 to 'clear' (table expected, got nil)"],
    ['clear', ['a'], "bad argument #1 to 'clear' (table expected, got string)"],
    ['merge', ['a'], "bad argument #1 to 'merge' (table expected, got string)"],
    ['merge', [{}, 5], "bad argument #2 to 'merge' (table expected, got number)"],
  ])('refuses what is no table: %s(%j)', (name, args, message) => {
    expect(() => callIn(kongOf(), `table.${name}`, ...args)).toThrow(message)
  })
})
