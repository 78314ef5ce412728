import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataPlane, startDataPlane } from './data-plane.ts'
import { type RecordingUpstream, startRecordingUpstream } from './recording-upstream.ts'
import { sendBytes } from './send-bytes.ts'

let upstream: RecordingUpstream
beforeAll(async () => {
  upstream = await startRecordingUpstream((_received, res) => {
    res.writeHead(203, { 'content-type': 'text/plain' }).end('service')
  })
})
afterAll(() => upstream.close())

/** Says in headers what plugins see of the client. */
const TELL = `
  kong.response.set_header("Seen-Ip", kong.client.get_ip())
  kong.response.set_header("Seen-Forwarded-Ip", kong.client.get_forwarded_ip())
  kong.response.set_header("Seen-Scheme", kong.request.get_forwarded_scheme())
  kong.response.set_header("Seen-Host", kong.request.get_forwarded_host())
  kong.response.set_header("Seen-Port", tostring(kong.request.get_forwarded_port()))
  kong.response.set_header("Seen-Path", kong.request.get_forwarded_path())
  kong.response.set_header("Seen-Prefix", tostring(kong.request.get_forwarded_prefix()))`

async function start(settings: Readonly<Record<string, string>>): Promise<DataPlane> {
  const gateway = await startDataPlane(settings)
  const { id } = await gateway.add('services', { url: upstream.url, retries: 0 })
  await gateway.add('routes', { paths: ['/up'], service: { id } })
  const dead = await gateway.add('services', { url: 'http://127.0.0.1:1', retries: 0 })
  await gateway.add('routes', { paths: ['/dead'], service: { id: dead.id } })
  await gateway.add('plugins', { name: 'pre-function', config: { access: [TELL] } })
  return gateway
}

async function send(gateway: DataPlane, path: string, lines: readonly string[]) {
  upstream.received.length = 0
  const all = [`GET ${path} HTTP/1.1`, 'Host: API.example.com:8080', ...lines, '', '']
  const answer = await sendBytes(gateway.url, all.join('\r\n'))
  return { ...answer, sent: upstream.received[0]?.headers ?? {} }
}

const SAID = [
  'X-Forwarded-For: 10.1.1.1, 192.0.2.7',
  'X-Forwarded-Proto: https',
  'X-Forwarded-Host: shop.example.com',
  'X-Forwarded-Port: 443',
  'X-Forwarded-Path: /shown',
  'X-Forwarded-Prefix: /shop',
  'X-Real-IP: 192.0.2.9',
]

describe.each(['postern', 'node'])('what is forwarded, with the engine %s', (engine) => {
  it('is told anew where the peer is not trusted, but for a longer X-Forwarded-For', async () => {
    const gateway = await start({ http_engine: engine, trusted_ips: '10.0.0.0/8' })
    const { sent, headers } = await send(gateway, '/up/a?b=c', SAID)
    await gateway.close()
    expect(sent).toMatchObject({
      'x-real-ip': '127.0.0.1',
      'x-forwarded-for': '10.1.1.1, 192.0.2.7, 127.0.0.1',
      'x-forwarded-proto': 'http',
      'x-forwarded-host': 'api.example.com',
      'x-forwarded-port': String(gateway.port),
      'x-forwarded-path': '/up/a',
      'x-forwarded-prefix': '/up',
    })
    expect(Object.fromEntries(headers)).toMatchObject({
      'seen-ip': '127.0.0.1',
      'seen-forwarded-ip': '127.0.0.1',
      'seen-scheme': 'http',
      'seen-host': 'api.example.com',
      'seen-port': String(gateway.port),
      'seen-path': '/up/a',
      'seen-prefix': '/up',
    })
  })

  it('is kept where the peer is trusted', async () => {
    const gateway = await start({ http_engine: engine, trusted_ips: '127.0.0.0/8,::1' })
    const { sent, headers } = await send(gateway, '/up/a?b=c', SAID)
    await gateway.close()
    expect(sent).toMatchObject({
      'x-real-ip': '192.0.2.9',
      'x-forwarded-for': '10.1.1.1, 192.0.2.7, 127.0.0.1',
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'shop.example.com',
      'x-forwarded-port': '443',
      'x-forwarded-path': '/shown',
      'x-forwarded-prefix': '/shop',
    })
    expect(Object.fromEntries(headers)).toMatchObject({
      'seen-ip': '127.0.0.1',
      'seen-forwarded-ip': '192.0.2.9',
      'seen-scheme': 'https',
      'seen-host': 'shop.example.com',
      'seen-port': '443',
      'seen-path': '/shown',
      'seen-prefix': '/shop',
    })
  })

  it.each(['127.0.0.1', ''])(
    'is told anew where nothing is said, with trusted_ips "%s"',
    async (trusted) => {
      const gateway = await start({
        http_engine: engine,
        ...(trusted !== '' && { trusted_ips: trusted }),
      })
      const { sent } = await send(gateway, '/up', [])
      await gateway.close()
      expect(sent).toMatchObject({
        'x-real-ip': '127.0.0.1',
        'x-forwarded-for': '127.0.0.1',
        'x-forwarded-proto': 'http',
        'x-forwarded-host': 'api.example.com',
        'x-forwarded-port': String(gateway.port),
        'x-forwarded-path': '/up',
      })
    },
  )

  it('has the port that clients see', async () => {
    const free = await startDataPlane({ http_engine: engine })
    await free.close()
    const gateway = await start({
      http_engine: engine,
      proxy_listen: `127.0.0.1:${free.port}`,
      port_maps: `${free.port}:8443`,
    })
    const { sent } = await send(gateway, '/up', [])
    await gateway.close()
    expect(sent['x-forwarded-port']).toBe('8443')
  })
})

describe.each(['postern', 'node'])('the address of the client, with the engine %s', (engine) => {
  const chain = '203.0.113.5, 198.51.100.9, 10.1.1.1, 10.2.2.2'

  it.each([
    { what: 'the last one', recursive: 'off', said: [chain], is: '10.2.2.2' },
    { what: 'the last that is not trusted', recursive: 'on', said: [chain], is: '198.51.100.9' },
    {
      what: 'the first where all are trusted',
      recursive: 'on',
      said: ['10.3.3.3, 10.1.1.1'],
      is: '10.3.3.3',
    },
    {
      what: 'in the last of two lines',
      recursive: 'off',
      said: ['203.0.113.5', '198.51.100.9'],
      is: '198.51.100.9',
    },
    {
      what: 'across two lines',
      recursive: 'on',
      said: ['203.0.113.5', '10.1.1.1'],
      is: '203.0.113.5',
    },
    { what: 'of IPv6', recursive: 'on', said: ['2001:db8::7, 10.1.1.1'], is: '2001:db8::7' },
    { what: 'the peer for a word', recursive: 'off', said: ['unknown'], is: '127.0.0.1' },
    {
      what: 'the last before a word',
      recursive: 'on',
      said: ['203.0.113.5, unknown, 10.1.1.1'],
      is: '10.1.1.1',
    },
    { what: 'the peer for nothing', recursive: 'on', said: [''], is: '127.0.0.1' },
    { what: 'the peer without the header', recursive: 'on', said: [], is: '127.0.0.1' },
  ])('is $what: $said, real_ip_recursive = $recursive', async ({ recursive, said, is }) => {
    const gateway = await start({
      http_engine: engine,
      trusted_ips: '127.0.0.1,10.0.0.0/8',
      real_ip_header: 'X-Forwarded-For',
      real_ip_recursive: recursive,
    })
    const lines = said.map((value) => `X-Forwarded-For: ${value}`)
    const { sent, headers } = await send(gateway, '/up', lines)
    await gateway.close()
    expect([sent['x-real-ip'], headers.get('seen-forwarded-ip')]).toEqual([is, is])
  })

  it.each([
    { trusted: '127.0.0.1', is: '192.0.2.9' },
    { trusted: '10.0.0.0/8', is: '127.0.0.1' },
  ])('is $is in another header, with trusted_ips $trusted', async ({ trusted, is }) => {
    const gateway = await start({
      http_engine: engine,
      trusted_ips: trusted,
      real_ip_header: 'X-Client',
    })
    const { headers } = await send(gateway, '/up', ['X-Client: 192.0.2.9', ...SAID])
    await gateway.close()
    expect(headers.get('seen-forwarded-ip')).toBe(is)
  })
})

describe.each(['postern', 'node'])('the setting headers, with the engine %s', (engine) => {
  const NAMES = [
    ...['server', 'via', 'x-kong-proxy-latency', 'x-kong-upstream-latency'],
    ...['x-kong-response-latency', 'x-kong-upstream-status', 'x-kong-request-id'],
  ]
  const PROXIED = ['server', 'via', 'x-kong-proxy-latency', 'x-kong-upstream-latency']

  it.each<[setting: string | undefined, service: string[], dead: string[], exit: string[]]>([
    [
      undefined,
      [...PROXIED, 'x-kong-request-id'],
      [...PROXIED, 'x-kong-request-id'],
      ['server', 'x-kong-response-latency', 'x-kong-request-id'],
    ],
    ['off', [], [], []],
    ['server_tokens', ['server', 'via'], ['server', 'via'], ['server']],
    [
      'latency_tokens',
      ['x-kong-proxy-latency', 'x-kong-upstream-latency'],
      ['x-kong-proxy-latency', 'x-kong-upstream-latency'],
      ['x-kong-response-latency'],
    ],
    ['X-Kong-Upstream-Status, via', ['via', 'x-kong-upstream-status'], ['via'], []],
    ['x-kong-response-latency', [], [], ['x-kong-response-latency']],
    ['x-kong-upstream-latency', ['x-kong-upstream-latency'], ['x-kong-upstream-latency'], []],
    ['Via, off', ['via'], ['via'], []],
  ])('adds what %s says', async (setting, service, dead, exit) => {
    const gateway = await start({
      http_engine: engine,
      ...(setting !== undefined && { headers: setting }),
    })
    const added = async (path: string) => {
      const { headers } = await send(gateway, path, [])
      return NAMES.filter((name) => headers.has(name))
    }
    const all = [await added('/up'), await added('/dead'), await added('/none')]
    await gateway.close()
    expect(all).toEqual([service, dead, exit])
  })

  it('tells whole milliseconds, and the status of the Service', async () => {
    const gateway = await start({
      http_engine: engine,
      headers: 'latency_tokens, X-Kong-Upstream-Status',
    })
    const { headers, status } = await send(gateway, '/up', [])
    const none = await send(gateway, '/none', [])
    await gateway.close()
    expect([status, headers.get('x-kong-upstream-status')]).toEqual([203, '203'])
    for (const name of ['x-kong-proxy-latency', 'x-kong-upstream-latency']) {
      expect(headers.get(name)).toMatch(/^\d+$/)
    }
    expect(none.headers.get('x-kong-response-latency')).toMatch(/^\d+$/)
  })
})
