import { Readable } from 'node:stream'
import { afterAll, describe, expect, it } from 'vitest'
import {
  type Address,
  createUndiciClient,
  sendWithRetries,
  type UpstreamFailure,
  type UpstreamRequest,
} from '../src/index.ts'
import { type Heard, listen, requestTo, turn, until } from './exchange.ts'
import { answering, closedPort, onRequest, rawServer } from './raw-server.ts'

const client = createUndiciClient()
afterAll(() => client.close())

const OK = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'

/** Sends to the ports in turn, the last one again and again, and counts the attempts. */
async function attempt(
  ports: readonly number[],
  about: Partial<UpstreamRequest> = {},
  retries = 5,
): Promise<Heard & { attempts: number; retried: UpstreamFailure[] }> {
  let attempts = 0
  const retried: UpstreamFailure[] = []
  const { handler, heard } = listen()
  sendWithRetries(
    {
      client,
      retries,
      pick: () => addressOf(ports[Math.min(attempts++, ports.length - 1)]),
      prepare: (address) => requestTo(address.port, about),
      onRetry: (failure) => retried.push(failure),
    },
    handler,
  )
  return { ...(await heard), attempts, retried }
}

function addressOf(port: number | undefined): Address | undefined {
  return port === undefined ? undefined : { host: '127.0.0.1', port, name: 'service.test' }
}

/** Takes the whole request and resets the connection. */
function resetting(): ReturnType<typeof rawServer> {
  return rawServer((socket) => onRequest(socket, () => socket.resetAndDestroy()))
}

describe('sendWithRetries()', () => {
  it('goes on to the next address when one refuses', async () => {
    await using good = await answering(OK)
    const heard = await attempt([await closedPort(), good.port])
    expect(heard).toMatchObject({
      status: 200,
      body: 'ok',
      attempts: 2,
      retried: [{ kind: 'connect' }],
    })
  })

  it.each([{ retries: 0 }, { retries: 1 }, { retries: 5 }])(
    'tries once and $retries times more',
    async ({ retries }) => {
      const heard = await attempt([await closedPort()], {}, retries)
      expect(heard).toMatchObject({ failure: { kind: 'connect' }, attempts: retries + 1 })
      expect(heard.retried).toHaveLength(retries)
    },
  )

  it.each([
    { method: 'GET', again: true },
    { method: 'HEAD', again: true },
    { method: 'PUT', again: true },
    { method: 'DELETE', again: true },
    { method: 'OPTIONS', again: true },
    { method: 'POST', again: false },
    { method: 'PATCH', again: false },
    { method: 'LOCK', again: false },
  ])('repeats $method after bytes were sent: $again', async ({ method, again }) => {
    await using bad = await resetting()
    await using good = await answering(OK)
    const { failure, attempts } = await attempt([bad.port, good.port], { method })
    expect(attempts).toBe(again ? 2 : 1)
    expect(failure?.kind).toBe(again ? undefined : 'reset')
  })

  it.each([{ method: 'POST' }, { method: 'PATCH' }, { method: 'LOCK' }])(
    'repeats $method where nothing was sent',
    async ({ method }) => {
      await using good = await answering(OK)
      const about = { method, body: Buffer.from('once') }
      expect(await attempt([await closedPort(), good.port], about)).toMatchObject({ status: 200 })
    },
  )

  it('sends a body of bytes again', async () => {
    await using bad = await resetting()
    let received = ''
    await using good = await rawServer((socket) => {
      socket.on('data', (chunk) => {
        received += chunk.toString()
        if (received.endsWith('again')) socket.write(OK)
      })
    })
    const about = { method: 'PUT', body: Buffer.from('again') }
    expect(await attempt([bad.port, good.port], about)).toMatchObject({ status: 200, attempts: 2 })
  })

  it('does not repeat a streamed body of which something was read', async () => {
    await using bad = await resetting()
    const about = { method: 'PUT', body: Readable.from([Buffer.from('gone')]) }
    const heard = await attempt([bad.port], about)
    expect(heard).toMatchObject({ failure: { kind: 'reset' }, attempts: 1 })
  })

  it('sends a streamed body whole where the first address refused', async () => {
    let received = ''
    await using good = await rawServer((socket) => {
      socket.on('data', (chunk) => {
        received += chunk.toString()
        if (received.endsWith('whole')) socket.write(OK)
      })
    })
    const headers = ['Host', 'a.test', 'Content-Length', '5']
    const about = { method: 'POST', headers, body: Readable.from([Buffer.from('whole')]) }
    expect(await attempt([await closedPort(), good.port], about)).toMatchObject({ status: 200 })
  })

  it('repeats after a timeout before the answer', async () => {
    await using silent = await answering('')
    await using good = await answering(OK)
    const heard = await attempt([silent.port, good.port], { readTimeoutMs: 50 })
    expect(heard).toMatchObject({ status: 200, retried: [{ kind: 'timeout' }] })
  })

  it.each([
    {
      what: 'a status of the Service',
      answer: 'HTTP/1.1 503 No\r\nContent-Length: 0\r\n\r\n',
      heard: { status: 503 },
    },
    {
      what: 'an answer that is no HTTP',
      answer: 'hello\r\n',
      heard: { failure: { kind: 'invalid' } },
    },
  ])('does not repeat for $what', async ({ answer, heard }) => {
    await using server = await answering(answer)
    expect(await attempt([server.port])).toMatchObject({ ...heard, attempts: 1 })
  })

  it('does not repeat once the answer has begun', async () => {
    await using server = await answering(
      'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhello',
      (socket) => socket.end(),
    )
    const heard = await attempt([server.port])
    expect(heard).toMatchObject({
      status: 200,
      body: 'hello',
      failure: { kind: 'reset' },
      attempts: 1,
    })
  })

  it('tells no-address when there is nowhere to go', async () => {
    expect((await attempt([])).failure).toMatchObject({ kind: 'no-address', sent: false })
  })

  it('tells why the last attempt failed when there is nowhere else to go', async () => {
    const port = await closedPort()
    const { handler, heard } = listen()
    const addresses = [addressOf(port)]
    const retried = {
      client,
      retries: 5,
      pick: () => addresses.shift(),
      prepare: () => requestTo(port),
    }
    sendWithRetries(retried, handler)
    expect((await heard).failure).toMatchObject({ kind: 'connect' })
  })

  it('calls nothing after an abort', async () => {
    await using silent = await answering('')
    const calls: string[] = []
    const { handler } = listen({ onError: () => calls.push('error') })
    const retried = {
      client,
      retries: 5,
      pick: () => addressOf(silent.port),
      prepare: () => requestTo(silent.port),
    }
    const running = sendWithRetries(retried, handler)
    await until(() => silent.sockets.length > 0)
    running.abort()
    for (let i = 0; i < 20; i++) await turn()
    expect(calls).toEqual([])
    expect(silent.sockets).toHaveLength(1)
  })

  it('loses nothing when the Service closes kept connections right behind its answers', async () => {
    await using server = await answering(OK, (socket) => socket.end())
    for (let i = 0; i < 200; i++) expect(await attempt([server.port])).toMatchObject({ body: 'ok' })
  })

  it('loses nothing when the Service resets a kept connection as the next request arrives', async () => {
    await using server = await rawServer((socket, index) => {
      onRequest(socket, (_head, count) => {
        if (count > 0 || index % 3 === 2) socket.resetAndDestroy()
        else socket.write(OK)
      })
    })
    for (let i = 0; i < 100; i++) expect(await attempt([server.port])).toMatchObject({ body: 'ok' })
  })
})
