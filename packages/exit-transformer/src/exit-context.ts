import type { Exit } from '@postern/pdk-response'
import type { EntityName, ExitFunctionContext, ExitRequest } from './exit-function.ts'

/** The part of `kong` that a context is read from. */
export interface ContextKong {
  readonly request: {
    getId(): string
    getMethod(): string
    getScheme(): string
    getHost(): string
    getPath(): string
    getQuery(): Readonly<Record<string, unknown>>
    getHeaders(): Readonly<Record<string, unknown>>
  }
  readonly router: {
    getRoute(): object | undefined
    getService(): object | undefined
  }
  readonly client: { getConsumer(): object | undefined }
}

/** Names, in lower case and with hyphens for underscores, of what no function may see the value of. */
export type SecretNames = ReadonlySet<string>

/** Redacted always; names of keys that are configured come on top. */
export const SECRET_NAMES: readonly string[] = [
  'authorization',
  'proxy-authorization',
  'cookie',
  'apikey',
  'x-kong-request-debug-token',
]

export const ALWAYS_SECRET: SecretNames = new Set(SECRET_NAMES)

/**
 * Why there is an answer, read from the request only where a function asks: copying headers costs
 * more than most functions do. `JSON.stringify` and `{ ...toJSON() }` read everything.
 */
export class ExitContext implements ExitFunctionContext {
  readonly #exit: Exit
  readonly #kong: ContextKong
  readonly #secrets: () => SecretNames
  #request: ExitRequest | undefined

  /** @param secrets default: what is redacted always */
  constructor(exit: Exit, kong: ContextKong, secrets: () => SecretNames = () => ALWAYS_SECRET) {
    this.#exit = exit
    this.#kong = kong
    this.#secrets = secrets
  }

  get reason(): string {
    return this.#exit.reason
  }

  get source(): 'exit' | 'error' {
    return this.#exit.source
  }

  get phase(): string {
    return this.#exit.phase
  }

  get plugin(): string | undefined {
    return this.#exit.plugin
  }

  get message(): string | undefined {
    return this.#exit.message
  }

  get requestId(): string {
    return this.#kong.request.getId()
  }

  get request(): ExitRequest {
    this.#request ??= readRequest(this.#kong, this.#secrets())
    return this.#request
  }

  get route(): EntityName | undefined {
    return nameOf(this.#kong.router.getRoute(), 'name')
  }

  get service(): EntityName | undefined {
    return nameOf(this.#kong.router.getService(), 'name')
  }

  get consumer(): EntityName | undefined {
    return nameOf(this.#kong.client.getConsumer(), 'username')
  }

  toJSON(): ExitFunctionContext {
    const { reason, source, phase, plugin, message, requestId, request } = this
    const { route, service, consumer } = this
    return {
      reason,
      source,
      phase,
      plugin,
      message,
      requestId,
      request,
      route,
      service,
      consumer,
    }
  }
}

function readRequest(kong: ContextKong, secrets: SecretNames): ExitRequest {
  const headers = kong.request.getHeaders()
  return {
    method: kong.request.getMethod(),
    scheme: kong.request.getScheme(),
    host: kong.request.getHost(),
    path: kong.request.getPath(),
    query: redact(kong.request.getQuery(), secrets),
    headers: redact(headers, secrets),
    accept: textOf(headers.accept),
    acceptLanguage: textOf(headers['accept-language']),
  }
}

/** A header as text. Lists of values join as RFC 9110 5.3 has it. */
export function textOf(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.join(', ')
  return typeof value === 'string' ? value : undefined
}

/** The values by name, those of secrets as `REDACTED`. */
export function redact(
  values: Readonly<Record<string, unknown>>,
  secrets: SecretNames,
): Readonly<Record<string, unknown>> {
  const seen = Object.entries(values).map(([name, value]) => {
    return [name, secrets.has(plain(name)) ? 'REDACTED' : value] as const
  })
  return Object.fromEntries(seen)
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll('_', '-')
}

function nameOf(entity: object | undefined, nameField: string): EntityName | undefined {
  if (entity === undefined || entity === null) return undefined
  const fields = entity as Readonly<Record<string, unknown>>
  const name = fields[nameField]
  return { id: String(fields.id), name: typeof name === 'string' ? name : null }
}
