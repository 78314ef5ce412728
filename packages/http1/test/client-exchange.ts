import type { Duplex } from 'node:stream'
import type { ClientFailure, ClientHandler, ClientRequest, Http1Client } from '../src/index.ts'

/** Everything that was heard of an exchange. */
export interface Heard {
  informational: number[]
  status: number | undefined
  reason: string | undefined
  headers: readonly string[]
  body: string
  trailers: readonly string[] | undefined
  failure: ClientFailure | undefined
  socket: Duplex | undefined
}

/** A request to a port of 127.0.0.1, with what the test is about. */
export function requestTo(port: number, about: Partial<ClientRequest> = {}): ClientRequest {
  return {
    scheme: 'http',
    host: '127.0.0.1',
    port,
    method: 'GET',
    path: '/',
    headers: ['Host', 'service.test'],
    body: undefined,
    connectTimeoutMs: 5000,
    writeTimeoutMs: 5000,
    readTimeoutMs: 5000,
    ...about,
  }
}

/** A handler that takes everything, and a promise of what it heard. */
export function listen(about: Partial<ClientHandler> = {}): {
  handler: ClientHandler
  heard: Promise<Heard>
} {
  const { promise, resolve } = Promise.withResolvers<Heard>()
  const all: Heard = {
    informational: [],
    status: undefined,
    reason: undefined,
    headers: [],
    body: '',
    trailers: undefined,
    failure: undefined,
    socket: undefined,
  }
  const handler: ClientHandler = {
    onInformation: (status) => all.informational.push(status),
    onHead: (status, headers, reason) => Object.assign(all, { status, headers, reason }),
    onData: (chunk) => {
      all.body += Buffer.from(chunk).toString('latin1')
      return true
    },
    onEnd: (trailers) => resolve(Object.assign(all, { trailers })),
    onError: (failure) => resolve(Object.assign(all, { failure })),
    onUpgrade: (status, headers, socket) =>
      resolve(Object.assign(all, { status, headers, socket })),
    ...about,
  }
  return { handler, heard: promise }
}

/** Sends a request and answers what was heard of it. */
export function exchange(client: Http1Client, request: ClientRequest): Promise<Heard> {
  const { handler, heard } = listen()
  client.send(request, handler)
  return heard
}

/** Lets the event loop turn until something holds. */
export async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await turn()
}

/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve))
}
