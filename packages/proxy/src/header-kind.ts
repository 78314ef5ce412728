/** What a proxy has to do with a header. Anything else passes as it is. */
export type HeaderKind =
  | 'pass'
  | 'connection'
  | 'content-length'
  | 'host'
  | 'hop'
  | 'max-forwards'
  | 'te'
  | 'trailer'
  | 'transfer-encoding'
  | 'upgrade'
  | 'via'
  | 'server'
  | 'x-forwarded-for'
  | 'x-forwarded-host'
  | 'x-forwarded-path'
  | 'x-forwarded-port'
  | 'x-forwarded-prefix'
  | 'x-forwarded-proto'
  | 'x-kong-request-id'
  | 'x-real-ip'
  | 'identity'
  | 'disguised'

/** A name, lower-cased and looked up once. */
export interface HeaderName {
  readonly lower: string
  readonly kind: HeaderKind
}

/**
 * Tells what kind of header a name is.
 *
 * `identity` is a name under which plugins tell a Service who the caller is.
 * `disguised` is a name that a Service may read as one of those the gateway sets, because CGI and
 * its heirs turn `-`, `_`, `.` and `~` into the same character: `X_Real_IP`.
 */
export function headerName(name: string): HeaderName {
  const known = NAMES.get(name)
  if (known !== undefined) return known
  const lower = name.toLowerCase()
  const found = { lower, kind: kindOf(lower) }
  if (NAMES.size < MAX_NAMES && name.length <= MAX_NAME_LENGTH) NAMES.set(name, found)
  return found
}

/** Clients choose names, so the memory of them is bounded; the usual ones are there long before. */
const MAX_NAMES = 1000
const MAX_NAME_LENGTH = 64
const NAMES = new Map<string, HeaderName>()

const KINDS: ReadonlyMap<string, HeaderKind> = new Map<string, HeaderKind>([
  ['connection', 'connection'],
  ['content-length', 'content-length'],
  ['expect', 'hop'],
  ['host', 'host'],
  ['http2-settings', 'hop'],
  ['keep-alive', 'hop'],
  ['max-forwards', 'max-forwards'],
  ['proxy', 'hop'],
  // For the first proxy that asks for it (RFC 9110 11.7.2), and this one does not.
  ['proxy-authorization', 'hop'],
  ['proxy-connection', 'hop'],
  ['server', 'server'],
  ['te', 'te'],
  ['trailer', 'trailer'],
  ['transfer-encoding', 'transfer-encoding'],
  ['upgrade', 'upgrade'],
  ['via', 'via'],
  ['x-forwarded-for', 'x-forwarded-for'],
  ['x-forwarded-host', 'x-forwarded-host'],
  ['x-forwarded-path', 'x-forwarded-path'],
  ['x-forwarded-port', 'x-forwarded-port'],
  ['x-forwarded-prefix', 'x-forwarded-prefix'],
  ['x-forwarded-proto', 'x-forwarded-proto'],
  ['x-kong-request-id', 'x-kong-request-id'],
  ['x-real-ip', 'x-real-ip'],
])

/** Names a Service may also read out of another spelling. */
const SET_BY_GATEWAY: ReadonlySet<HeaderKind> = new Set<HeaderKind>([
  'content-length',
  'identity',
  'transfer-encoding',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-path',
  'x-forwarded-port',
  'x-forwarded-prefix',
  'x-forwarded-proto',
  'x-kong-request-id',
  'x-real-ip',
])

/** Who the caller is, as plugins tell it to Services. */
const IDENTITY_PREFIXES = [
  'x-anonymous-consumer',
  'x-authenticated-',
  'x-consumer-',
  'x-credential-',
]

function kindOf(lower: string): HeaderKind {
  const plain = lower.replaceAll('_', '-').replaceAll('.', '-').replaceAll('~', '-')
  const isIdentity = IDENTITY_PREFIXES.some((prefix) => plain.startsWith(prefix))
  const kind = isIdentity ? 'identity' : (KINDS.get(plain) ?? 'pass')
  if (plain === lower) return kind
  return SET_BY_GATEWAY.has(kind) ? 'disguised' : (KINDS.get(lower) ?? 'pass')
}
