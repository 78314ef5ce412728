/** One address to listen on, as an entry of `proxy_listen`, `admin_listen` and the like. */
export interface ListenEntry {
  /** An address or a name; an IPv6 address without its brackets. */
  readonly host: string
  /** 0 lets the system choose. */
  readonly port: number
  readonly ssl: boolean
  readonly http2: boolean
  readonly proxy_protocol: boolean
  /** Several processes accept on the same address. */
  readonly reuseport: boolean
  /** Connections that wait to be accepted; null leaves it to the system. */
  readonly backlog: number | null
}

/** The entries, or what is wrong and at which character of the text. */
export type ParsedListen =
  | { readonly ok: true; readonly entries: readonly ListenEntry[] }
  | { readonly ok: false; readonly expected: string; readonly offset: number }

/** Flags of nginx that change nothing about what is served, and that Node decides by itself. */
const IGNORED_FLAG = /^(?:deferred|bind|ipv6only=(?:on|off)|so_keepalive=\S+)$/
const ADDRESS = /^(?:\[([0-9A-Fa-f:.]+)\]|([^\s:[\]/]+)):(\d{1,5})$/
const FORM = 'off, or entries "host:port [ssl] [http2] [reuseport] ..." with commas between them'

/**
 * Reads a list of addresses in Kong's syntax: `0.0.0.0:8000 reuseport backlog=16384, [::1]:8443 ssl`.
 *
 * `off` alone is an empty list.
 *
 * @see Kong Gateway docs, configuration reference, "proxy_listen"
 */
export function parseListen(text: string): ParsedListen {
  if (text.trim() === 'off') return { ok: true, entries: [] }
  const entries: ListenEntry[] = []
  let offset = 0
  for (const part of text.split(',')) {
    const entry = parseEntry(part, offset)
    if ('expected' in entry) return { ok: false, ...entry }
    entries.push(entry)
    offset += part.length + 1
  }
  return { ok: true, entries }
}

function parseEntry(
  part: string,
  start: number,
): ListenEntry | { readonly expected: string; readonly offset: number } {
  const words = [...part.matchAll(/\S+/g)]
  const [address, ...flags] = words
  const match = ADDRESS.exec(address?.[0] ?? '')
  const offset = start + (address?.index ?? 0)
  if (match === null) return { expected: FORM, offset }
  const port = Number(match[3])
  if (port > 65_535) return { expected: 'a port from 0 to 65535', offset }
  const bad = flags.find((flag) => !isFlag(flag[0]))
  if (bad !== undefined)
    return { expected: `another flag than "${bad[0]}"`, offset: start + bad.index }
  const given = flags.map((flag) => flag[0])
  return {
    host: match[1] ?? (match[2] as string),
    port,
    ssl: given.includes('ssl'),
    http2: given.includes('http2'),
    proxy_protocol: given.includes('proxy_protocol'),
    reuseport: given.includes('reuseport'),
    backlog: backlogOf(given),
  }
}

function isFlag(flag: string): boolean {
  return (
    /^(?:ssl|http2|proxy_protocol|reuseport|backlog=[1-9]\d{0,8})$/.test(flag) ||
    IGNORED_FLAG.test(flag)
  )
}

function backlogOf(flags: readonly string[]): number | null {
  const flag = flags.find((one) => one.startsWith('backlog='))
  return flag === undefined ? null : Number(flag.slice('backlog='.length))
}
