import type { Socket } from 'node:net'
import {
  type HandshakeConnection,
  handshakeFacts,
  PhaseContext,
  runPhase,
} from '@postern/plugin-runtime'
import type { GatewayCore } from '../gateway.ts'
import { withoutMapping } from '../listener/peer-address.ts'
import type { ClientHello } from './await-client-hello.ts'
import type { HandshakeJudge } from './handshake-guard.ts'

/**
 * Runs the phase `certificate`: global plugins, before TLS begins. A handler that fails ends the
 * handshake, as in Kong, and so does one that takes longer than `plugin_timeout_ms`.
 *
 * There is no request yet: what plugins see is the connection.
 */
export function createCertificatePhase(gateway: GatewayCore): HandshakeJudge {
  return {
    get isNeeded() {
      return gateway.snapshot.plugins.global.certificate.length > 0
    },
    async judge(socket, hello) {
      const wishes = { requestsCertificate: false, forbidsReuse: false }
      const { snapshot, log, settings, requestLimits, config } = gateway
      const ctx = new PhaseContext({
        request: handshakeFacts(connectionOf(gateway, socket, hello), wishes),
        chains: snapshot.plugins,
        node: snapshot.node,
        log,
        settings,
        requestLimits,
        phaseTimeoutMs: config.plugin_timeout_ms,
      })
      try {
        await runPhase(ctx, 'certificate')
      } catch (error) {
        log.crit('the phase certificate failed: ', error)
        return undefined
      }
      return ctx.exit === undefined ? wishes : undefined
    },
  }
}

function connectionOf(
  gateway: GatewayCore,
  socket: Socket,
  hello: ClientHello,
): HandshakeConnection {
  const localPort = socket.localPort ?? 0
  return {
    port: gateway.publicPort(localPort),
    peerAddress: withoutMapping(socket.remoteAddress),
    peerPort: socket.remotePort ?? 0,
    localPort,
    startedAtMs: Date.now(),
    sni: hello.serverName,
  }
}
