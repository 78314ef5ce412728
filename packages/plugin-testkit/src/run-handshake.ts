import { HeaderList } from '@postern/pdk-response'
import { type RequestFacts, runPhase } from '@postern/plugin-runtime'
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

/** What handlers wish for the handshake, as they go along. */
interface Wishes {
  requestsCertificate: boolean
  forbidsReuse: boolean
}

/** The phase certificate, before TLS begins: there is no request yet. */
export async function runHandshake(
  handshake: TestHandshake,
  nowMs: number,
  open: (facts: RequestFacts) => Promise<OpenRequest>,
): Promise<HandshakeTestResult> {
  const wishes: Wishes = { requestsCertificate: false, forbidsReuse: false }
  const { ctx, logs } = await open(factsOf(handshake, nowMs, wishes))
  await runPhase(ctx, 'certificate')
  const isRefused = ctx.exit !== undefined
  return isRefused ? { ...NO_WISHES, isRefused, logs } : { ...wishes, isRefused, logs }
}

const NO_WISHES: Wishes = { requestsCertificate: false, forbidsReuse: false }

function factsOf(
  { serverName, clientIp = '127.0.0.1' }: TestHandshake,
  nowMs: number,
  wishes: Wishes,
): RequestFacts {
  const { facts } = readRequest({ scheme: 'https', clientIp }, nowMs)
  return {
    ...facts,
    ...{ id: '', method: '', target: '', rawPath: '', path: '', host: '', httpVersion: 0 },
    headers: new HeaderList(),
    sni: serverName,
    tls: {
      version: '',
      cipher: '',
      clientVerify: 'NONE',
      clientCertificateChain: undefined,
      requestClientCertificate: () => {
        wishes.requestsCertificate = true
      },
      disableSessionReuse: () => {
        wishes.forbidsReuse = true
      },
    },
  }
}
