import { createRedactor, REDACTED, type Redactor, secretValues } from '@postern/exit-transformer'
import type { HeaderList } from '@postern/pdk-response'
import type { TrialExit, TrialValues } from '../exit-trials/trial-exit.ts'
import { type BoundedExit, CutBody } from './bounded-exit.ts'
import type { RingEntry } from './exit-ring.ts'

/** What goes out in place of an exit. */
export interface KeptAnswer {
  readonly status: number
  readonly body: string | object | null
  readonly headers: NonNullable<TrialExit['headers']>
}

/** An exit that the gateway has made, as plain data and without secrets. It can be tried again. */
export interface KeptExit extends TrialExit {
  /** When it was sent: ISO 8601, UTC. */
  readonly at: string
  /** The body was longer than 8,192 characters, or the headers were: this is their beginning. */
  readonly body_cut?: true
  readonly headers_cut?: true
  /** What the functions of the gateway made of it; absent when they changed nothing. */
  readonly sent?: KeptAnswer
}

/** Shows an exit that was held: runs when somebody asks, not when a request is answered. */
export function showExit(entry: RingEntry): KeptExit {
  const { exit, sent, request } = entry
  const cleaner = cleanerFor(entry)
  const { clean } = cleaner.redactor
  const { reason, source, phase, plugin, message } = exit
  const isBodyCut = exit.body instanceof CutBody || sent?.body instanceof CutBody
  return {
    at: new Date(entry.atMs).toISOString(),
    status: exit.status,
    ...partsOf(exit, cleaner),
    reason,
    source,
    phase,
    ...(plugin !== undefined && { plugin }),
    ...(message !== undefined && { message: cleaner.text(message) }),
    request: {
      id: request.id,
      method: request.method,
      scheme: request.scheme,
      host: clean(request.headers.get('host') ?? request.host),
      path: cleaner.text(request.rawPath),
      query: cleaner.values(queryOf(request.rawQuery)),
      headers: cleaner.values(tableOf(request.headers)),
    },
    ...entityOf('route', entry.route, entry.route?.name),
    ...entityOf('service', entry.service, entry.service?.name),
    ...entityOf('consumer', entry.consumer, entry.consumer?.username),
    ...(isBodyCut && { body_cut: true }),
    ...((exit.areHeadersCut === true || sent?.areHeadersCut === true) && { headers_cut: true }),
    ...(sent !== undefined && { sent: { status: sent.status, ...partsOf(sent, cleaner) } }),
  }
}

/** Takes secrets out of everything that is shown of one request. */
interface Cleaner {
  readonly redactor: Redactor
  /** Without secret values, and without what follows a secret name as `name=value`. */
  text(text: string): string
  values(values: TrialValues): TrialValues
  data(value: unknown): unknown
}

function cleanerFor({ request, secretNames }: RingEntry): Cleaner {
  const named = createRedactor(secretNames, [])
  const isSecret = (name: string): boolean => named.hasSecretName(name)
  const redactor = createRedactor(secretNames, [
    ...secretValues(tableOf(request.headers), isSecret),
    ...secretValues(queryOf(request.rawQuery), isSecret),
  ])
  const text = (one: string): string =>
    redactor.clean(one).replace(ASSIGNMENT, (all, before: string, name: string) => {
      return isSecret(name) ? `${before}${name}=${REDACTED}` : all
    })
  const data = (value: unknown): unknown => {
    if (typeof value === 'string') return text(value)
    if (typeof value !== 'object' || value === null) return value
    if (Array.isArray(value)) return value.map(data)
    const entries = Object.entries(value).map(([name, inner]) => {
      return [name, isSecret(name) ? REDACTED : data(inner)] as const
    })
    return Object.fromEntries(entries)
  }
  return { redactor, text, data, values: (values) => data(values) as TrialValues }
}

/**
 * `name=value` in a body that repeats a form, in a Referer, in a Location. Parts are bounded: the
 * text comes from a client.
 */
const ASSIGNMENT = /(^|[?&;\s"'])([\w.-]{1,128})=([^&;\s"']{1,8192})/g

function partsOf({ body, headers }: BoundedExit, cleaner: Cleaner): Omit<KeptAnswer, 'status'> {
  return {
    body: bodyOf(body, cleaner),
    headers: cleaner.data(headers ?? {}) as KeptAnswer['headers'],
  }
}

function bodyOf(body: BoundedExit['body'], cleaner: Cleaner): string | object | null {
  if (body === undefined) return null
  if (body instanceof CutBody) return cleaner.text(body.text)
  if (body instanceof Uint8Array) return bodyOf(Buffer.from(body).toString('utf8'), cleaner)
  if (typeof body === 'string') return textBody(body, cleaner)
  try {
    return cleaner.data(JSON.parse(JSON.stringify(body))) as object
  } catch {
    // It had no JSON form: the client got a 500 as well.
    return null
  }
}

/** JSON text stays the text it is, unless a secret is in it. */
function textBody(body: string, cleaner: Cleaner): string {
  try {
    const data: unknown = JSON.parse(body)
    const clean = JSON.stringify(cleaner.data(data))
    return clean === JSON.stringify(data) ? body : clean
  } catch {
    // Text.
    return cleaner.text(body)
  }
}

function tableOf(headers: HeaderList): TrialValues {
  const raw = headers.toRaw()
  const pairs = Array.from({ length: raw.length / 2 }, (_, at): [string, string] => [
    (raw[at * 2] as string).toLowerCase(),
    raw[at * 2 + 1] as string,
  ])
  return grouped(pairs)
}

function queryOf(rawQuery: string): TrialValues {
  return grouped([...new URLSearchParams(rawQuery)])
}

/** Names come from a client, so the table must not inherit any. */
function grouped(pairs: readonly (readonly [string, string])[]): TrialValues {
  const groups = new Map<string, string[]>()
  for (const [name, value] of pairs) groups.set(name, [...(groups.get(name) ?? []), value])
  return Object.fromEntries(
    [...groups].map(([name, all]) => [name, all.length === 1 ? (all[0] as string) : all]),
  )
}

function entityOf(
  kind: 'route' | 'service' | 'consumer',
  entity: { readonly id: string } | undefined,
  name: string | null | undefined,
): Partial<TrialExit> {
  return entity === undefined ? {} : { [kind]: { id: entity.id, name: name ?? null } }
}
