import type { Certificate } from '@postern/entities'

/** The entity behind a server name, as far as it is needed here. */
export interface ServerNameEntry {
  readonly name: string
  readonly certificate: { readonly id: string }
}

/** Which certificate belongs to a server name. */
export interface ServerNames {
  /**
   * The exact name comes first, then `*.example.com`, then `example.*`, then `*`. A client that
   * names no server gets that of `*`. Undefined: none of them is there.
   */
  find(serverName: string | undefined): Certificate | undefined
}

/**
 * Indexes certificates by the names of their SNIs.
 *
 * An asterisk stands for one label, as in Kong. Names ignore letter case, and a dot at their end.
 *
 * @see Kong Gateway docs, "SNI entity"
 */
export function compileServerNames(
  certificates: readonly Certificate[],
  entries: readonly ServerNameEntry[],
): ServerNames {
  const byId = new Map(certificates.map((certificate) => [certificate.id, certificate]))
  const byName = new Map<string, Certificate>()
  for (const { name, certificate } of entries) {
    const found = byId.get(certificate.id)
    if (found !== undefined) byName.set(plain(name), found)
  }
  return {
    find(serverName) {
      if (byName.size === 0) return undefined
      if (serverName === undefined || serverName === '') return byName.get('*')
      const name = plain(serverName)
      return (
        byName.get(name) ??
        byName.get(`*${name.slice(name.indexOf('.'))}`) ??
        byName.get(`${name.slice(0, name.lastIndexOf('.') + 1)}*`) ??
        byName.get('*')
      )
    },
  }
}

function plain(name: string): string {
  const lower = name.toLowerCase()
  return lower.endsWith('.') ? lower.slice(0, -1) : lower
}
