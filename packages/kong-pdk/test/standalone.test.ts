import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { adaptKongPlugin } from '@postern/kong-pdk'
import { HeaderList, renderExit } from '@postern/pdk-response'
import {
  compilePlugins,
  createPhaseContext,
  type PhaseContext,
  runPhase,
} from '@postern/plugin-runtime'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

interface Kong {
  readonly request: { getHeader(name: string): Promise<string | undefined> }
  readonly response: { exit(status: number, body: object): Promise<void> }
}

class Plugin {
  readonly #header: string
  constructor(config: { header: string }) {
    this.#header = config.header
  }
  async access(kong: Kong): Promise<void> {
    const value = await kong.request.getHeader(this.#header)
    if (value === undefined) void kong.response.exit(403, { message: `no ${this.#header}` })
  }
}

const plugin = adaptKongPlugin({ Plugin, Name: 'needs-header' }, { fileName: 'needs-header.js' })
const instance = {
  id: '1',
  name: 'needs-header',
  config: { header: 'X-Key' },
  enabled: true,
  protocols: ['http'],
  route: null,
  service: null,
  consumer: null,
}
const chains = compilePlugins([instance], new Map([[plugin.name, plugin]]))
let server: Server

beforeEach(async () => {
  server = createServer((req, res) => void serve(req, res))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
})

afterEach(async () => {
  server.closeAllConnections()
  await new Promise((resolve) => server.close(resolve))
})

async function serve(req: IncomingMessage, res: ServerResponse): Promise<void> {
  const ctx = contextOf(req)
  await runPhase(ctx, 'access')
  const body = ctx.exit === undefined ? 'hello' : (renderExit(ctx.exit, ctx).body ?? '')
  res.writeHead(ctx.response.status, ctx.response.headers.toRaw()).end(body)
}

function contextOf(req: IncomingMessage): PhaseContext {
  const log = (): void => undefined
  return createPhaseContext({
    request: {
      id: 'cafe',
      method: 'GET',
      target: '/',
      rawPath: '/',
      rawQuery: '',
      path: '/',
      httpVersion: 1.1,
      scheme: 'http',
      host: 'localhost',
      port: 80,
      headers: HeaderList.fromRaw(req.rawHeaders),
      peerAddress: '127.0.0.1',
      peerPort: 1,
      clientAddress: '127.0.0.1',
      clientPort: 1,
      localPort: 80,
      startedAtMs: 0,
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

describe('a kong-pdk plugin in a bare node:http server', () => {
  it.each([
    [{}, 403, '{"message":"no X-Key"}'],
    [{ 'X-Key': 'k' }, 200, 'hello'],
  ])('answers %j with %i', async (headers, status, body) => {
    const { port } = server.address() as AddressInfo
    const res = await fetch(`http://127.0.0.1:${port}/`, {
      headers: headers as Record<string, string>,
    })
    expect([res.status, await res.text()]).toEqual([status, body])
  })
})
