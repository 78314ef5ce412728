import { checkServerIdentity, type DetailedPeerCertificate, type PeerCertificate } from 'node:tls'

/**
 * Makes the check of a server's certificate that Node calls once its chain is trusted: the name, and
 * how many authorities stand between the server and the one that is trusted.
 *
 * @param maxDepth neither the server's own certificate nor the trusted one is counted, as in OpenSSL
 */
export function checkDepth(
  maxDepth: number,
): (host: string, certificate: PeerCertificate) => Error | undefined {
  return (host, certificate) => {
    const wrongName = checkServerIdentity(host, certificate)
    if (wrongName !== undefined) return wrongName
    const depth = depthOf(certificate as DetailedPeerCertificate)
    if (depth <= maxDepth) return undefined
    return new Error(
      `certificate chain has ${depth} authorities in between, ${maxDepth} are allowed`,
    )
  }
}

function depthOf(own: DetailedPeerCertificate): number {
  let steps = 0
  // The last one is its own issuer.
  for (let one = own; one.issuerCertificate !== undefined; one = one.issuerCertificate) {
    if (one.issuerCertificate.fingerprint256 === one.fingerprint256) break
    steps += 1
  }
  return Math.max(0, steps - 1)
}
