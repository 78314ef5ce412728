import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { HeaderList, renderExit } from '@postern/pdk-response'
import {
  compilePlugins,
  createPhaseContext,
  definePlugin,
  type PhaseContext,
  type PluginChains,
  runBodyFilter,
  runExitHooks,
  runPhase,
} from '@postern/plugin-runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

const stamp = definePlugin({
  name: 'stamp',
  version: '1.0.0',
  priority: 10,
  schema: { fields: { config: { type: 'record', fields: { text: { type: 'string' } } } } },
  access(kong, config) {
    if (kong.request.getQueryArg('stop') === true) kong.response.exit(403, config.text ?? 'stopped')
  },
  header_filter: (kong) => kong.response.clearHeader('Content-Length'),
  body_filter(kong) {
    const body = kong.response.getRawBody()
    if (body !== undefined) kong.response.setRawBody(`${body.toString()}!`)
  },
  exit: (_kong, _config, exit) => ({ ...exit, status: 451 }),
})

let server: Server
const chains: PluginChains = compilePlugins(
  [
    {
      id: '1',
      name: 'stamp',
      config: { text: 'no' },
      enabled: true,
      protocols: ['http'],
      route: null,
      service: null,
      consumer: null,
    },
  ],
  new Map([['stamp', stamp]]),
)

beforeEach(async () => {
  server = createServer((req, res) => void serve(req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

/** The life of a request in somebody else's server, whose own answer is `hello`. */
async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const ctx = contextOf(req)
  await runPhase(ctx, 'access')
  let body: string | Uint8Array = 'hello'
  if (ctx.exit === undefined) ctx.response.headers.set('Content-Length', '5')
  else body = renderExit(await runExitHooks(ctx, ctx.exit), ctx).body ?? ''
  await runPhase(ctx, 'header_filter')
  res.writeHead(ctx.response.status, ctx.response.headers.toRaw())
  ctx.response.headSent = true
  for (const piece of [
    runBodyFilter(ctx, Buffer.from(body), false),
    runBodyFilter(ctx, undefined, true),
  ]) {
    if (piece !== undefined) res.write(piece)
  }
  res.end()
  await runPhase(ctx, 'log')
}

function contextOf(req: IncomingMessage): PhaseContext {
  const target = req.url ?? '/'
  const [path = '/', query = ''] = target.split('?')
  const log = (): void => undefined
  return createPhaseContext({
    request: {
      id: 'cafe',
      method: req.method ?? 'GET',
      target,
      rawPath: path,
      rawQuery: query,
      path,
      httpVersion: Number(req.httpVersion),
      scheme: 'http',
      host: 'localhost',
      port: 80,
      headers: HeaderList.fromRaw(req.rawHeaders),
      peerAddress: '127.0.0.1',
      peerPort: req.socket.remotePort ?? 0,
      clientAddress: '127.0.0.1',
      clientPort: req.socket.remotePort ?? 0,
      localPort: req.socket.localPort ?? 0,
      startedAtMs: Date.now(),
      sni: undefined,
    },
    chains,
    node: {
      id: 'node',
      hostname: 'localhost',
      version: '1.0.0',
      configuration: {},
      isTrusted: () => false,
      hasUpstream: () => false,
      loadConsumer: () => undefined,
    },
    log: {
      debug: log,
      info: log,
      notice: log,
      warn: log,
      err: log,
      crit: log,
      alert: log,
      emerg: log,
    },
  })
}

const get = (path: string): Promise<Response> =>
  fetch(`http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`)

describe('a plugin in a bare node:http server', () => {
  it('changes the body of an answer', async () => {
    const res = await get('/')
    expect([res.status, await res.text()]).toEqual([200, 'hello!'])
  })

  it('answers itself, and its exit passes the exit hooks', async () => {
    const res = await get('/?stop')
    expect([res.status, await res.text()]).toEqual([451, 'no!'])
  })
})
