/**
 * What a 401 of key-auth takes in this process, without a network, and what one function adds to it.
 * Run with `node --conditions=@postern/source bench/exit-path.ts`.
 */
import { startDataPlane } from '../test/data-plane.ts'
import type { GatewayCore } from '../src/gateway.ts'
import { handleRequest } from '../src/handle-request.ts'
import type { Exchange, ExchangeListener } from '../src/listener/listener.ts'

/** Requests in a batch, and batches: the least of them is what is told. */
const BATCH = 2_000
const BATCHES = 300

const answers = { bytes: 0 }
const MEMO = { value: undefined }
const CONNECTION: Exchange['connection'] = {
  scheme: 'http',
  peerAddress: '127.0.0.1',
  peerPort: 40000,
  localAddress: '127.0.0.1',
  localPort: 8000,
  serverName: undefined,
}
const RAW_HEADERS: readonly string[] = [
  ...['Host', 'example.com', 'User-Agent', 'bench', 'Accept', '*/*'],
  ...['Accept-Language', 'en', 'Accept-Encoding', 'gzip', 'X-Request-Source', 'bench'],
]

/** An exchange that sends nothing. The fields of a connection are repeated, as clients do. */
class SilentExchange implements Exchange {
  readonly connection = CONNECTION
  readonly method = 'GET'
  readonly target: string
  readonly httpVersion = '1.1'
  readonly rawHeaders = RAW_HEADERS
  readonly memo = MEMO
  readonly body = undefined
  readonly canUpgrade = false
  readonly bytesRead = 300
  readonly bytesWritten = 300
  listener: ExchangeListener | undefined

  constructor(target: string) {
    this.target = target
  }

  sendHead(status: number): void {
    if (status !== 401) throw new Error(`answered ${status}`)
  }

  end(body?: Uint8Array | string): void {
    answers.bytes += body?.length ?? 0
    this.listener?.onClose?.(true)
  }

  sendInformation(): void {}

  write(): boolean {
    return true
  }

  abort(): void {
    throw new Error('the exchange was cut')
  }

  upgrade(): never {
    throw new Error('nobody asked for another protocol')
  }
}

/** Kong's own example. */
const lua = `
return function(status, body, headers)
  if not body or not body.message then return status, body, headers end
  headers = { ["X-Some-Header"] = "some value" }
  return status, { error = true, status = status, message = body.message .. ", arr!" }, headers
end
`
const silent = await startDataPlane()
const core = silent.gateway as unknown as GatewayCore
for (const path of ['/plain', '/function']) {
  const route = await silent.add('routes', { paths: [path] })
  await silent.add('plugins', { name: 'key-auth', route })
  if (path === '/plain') continue
  await silent.add('plugins', { name: 'exit-transformer', route, config: { functions: [lua] } })
}

const least = { plain: Number.POSITIVE_INFINITY, lua: Number.POSITIVE_INFINITY }
for (let n = 0; n < BATCHES; n++) {
  least.plain = Math.min(least.plain, batch('/plain'))
  least.lua = Math.min(least.lua, batch('/function'))
}
console.log(
  `a 401 takes ${least.plain.toFixed(2)} us, through the function ${least.lua.toFixed(2)}`,
)
console.log(`the function adds ${(least.lua - least.plain).toFixed(2)} us`)
await silent.close()

/** Microseconds of the processor for one of them. */
function batch(target: string): number {
  const { user, system } = process.cpuUsage()
  const before = user + system
  for (let n = 0; n < BATCH; n++) handleRequest(core, new SilentExchange(target))
  const after = process.cpuUsage()
  return (after.user + after.system - before) / BATCH
}
