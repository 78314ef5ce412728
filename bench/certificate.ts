import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** Makes a certificate of P-256 for the time of a run. */
export async function withCertificate(
  use: (files: { readonly cert: string; readonly key: string }) => Promise<void>,
): Promise<void> {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-cert-'))
  const cert = path.join(folder, 'cert.pem')
  const key = path.join(folder, 'key.pem')
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes']
  const subject = ['-subj', '/CN=127.0.0.1', '-days', '2']
  try {
    execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-keyout', key, '-out', cert], {
      stdio: 'ignore',
    })
    await use({ cert, key })
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}
