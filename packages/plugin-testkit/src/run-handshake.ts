import {
  handshakeFacts,
  type HandshakeWishes,
  type RequestFacts,
  runPhase,
} from '@postern/plugin-runtime'
import type { OpenRequest } from './create-plugin-test.ts'
import type { LogLine } from './log-lines.ts'
import { readRequest } from './test-request.ts'

/** The client that begins a TLS handshake. */
export interface TestHandshake {
  /** The name it asks for (SNI). Default: none. */
  readonly serverName?: string
  /** Default `127.0.0.1`. */
  readonly clientIp?: string
}

/** What came of a TLS handshake. */
export interface HandshakeTestResult {
  /** A handler has failed or exited: the client gets a TLS alert. */
  readonly isRefused: boolean
  /** The client is asked for its certificate. */
  readonly requestsCertificate: boolean
  /** The client's next connection shakes hands in full. */
  readonly forbidsReuse: boolean
  readonly logs: readonly LogLine[]
}

/** The phase certificate, before TLS begins: there is no request yet. */
export async function runHandshake(
  handshake: TestHandshake,
  nowMs: number,
  open: (facts: RequestFacts) => Promise<OpenRequest>,
): Promise<HandshakeTestResult> {
  const wishes: HandshakeWishes = { requestsCertificate: false, forbidsReuse: false }
  const { serverName, clientIp = '127.0.0.1' } = handshake
  const { facts } = readRequest({ scheme: 'https', clientIp }, nowMs)
  const { ctx, logs } = await open(handshakeFacts({ ...facts, sni: serverName }, wishes))
  await runPhase(ctx, 'certificate')
  const isRefused = ctx.exit !== undefined
  return isRefused ? { ...NO_WISHES, isRefused, logs } : { ...wishes, isRefused, logs }
}

const NO_WISHES: HandshakeWishes = { requestsCertificate: false, forbidsReuse: false }
