import { pluginErrors } from '../errors.ts'
import type { PhaseContext } from '../phase-context.ts'

/** The parts of a reference such as `{vault://env/my-secret/key?prefix=app_#2}`. */
export interface VaultReference {
  /** Of the vault. */
  readonly name: string
  /** What the secret is called there. */
  readonly resource: string
  /** One field of a secret that is a JSON object. */
  readonly key: string | undefined
  readonly config: Readonly<Record<string, string>> | undefined
  readonly version: number | undefined
}

/** Options of a plugin that may hold references: `$refs` tells which field has which. */
export interface VaultOptions {
  readonly $refs?: Readonly<Record<string, string>>
  [name: string]: unknown
}

/**
 * `kong.vault`: secrets by reference. There is one vault, `env`: the environment that the host
 * hands over. Nothing is kept, so a changed secret is seen at once.
 *
 * @see Kong Gateway docs, PDK reference, "kong.vault"
 */
export class VaultPdk {
  readonly #ctx: PhaseContext

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
  }

  /** Whether a text looks like `{vault://…}`. */
  isReference(reference: unknown): boolean {
    return isReference(reference)
  }

  /** @throws POSTERN_PLUGIN_UNAVAILABLE for what cannot be taken apart */
  parseReference(reference: string): VaultReference {
    return parseReference(reference)
  }

  /**
   * The secret that a reference names.
   *
   * @throws POSTERN_PLUGIN_UNAVAILABLE for another vault than `env`, and when there is no such secret
   */
  get(reference: string): string {
    return resolve(parseReference(reference), reference, this.#ctx.node.env)
  }

  /** Fills in the fields that `options.$refs` has references for; empty where there is no secret. */
  update(options: VaultOptions): VaultOptions {
    checkOptions(options)
    for (const [name, reference] of Object.entries(options.$refs ?? {})) {
      options[name] = valueOrEmpty(() => this.get(reference))
    }
    return options
  }

  /** Calls `work`; when it fails and there are references, once more with fresh secrets. */
  try<T>(work: (options: VaultOptions) => T, options: VaultOptions): T {
    if (typeof work !== 'function') {
      throw pluginErrors.ARGUMENT_INVALID('callback must be a function')
    }
    checkOptions(options)
    try {
      return work(options)
    } catch (error) {
      if (options.$refs === undefined) throw error
      return work(this.update(options))
    }
  }

  /** Forgets secrets that were kept. None are. */
  flush(): void {
    // `get` asks the environment each time.
  }
}

const BEGIN = '{vault://'

function isReference(reference: unknown): reference is string {
  return typeof reference === 'string' && reference.startsWith(BEGIN) && reference.endsWith('}')
}

function parseReference(reference: unknown): VaultReference {
  if (!isReference(reference)) throw refused('not a reference', reference)
  const [, rest, fragment] = splitAt(reference.slice(BEGIN.length, -1), '#')
  const [, address, query] = splitAt(rest, '?')
  const [, name, path] = splitAt(address, '/')
  if (name === '') throw refused('reference url is missing host', reference)
  if (path === undefined) throw refused('reference url is missing path', reference)
  if (path === '') throw refused('reference url has empty path', reference)
  const [resource, key] = resourceAndKey(path)
  if (resource === '') throw refused('reference url has invalid path', reference)
  const version = fragment === undefined ? undefined : Number(fragment)
  if (version !== undefined && (fragment === '' || Number.isNaN(version))) {
    throw refused('reference url has invalid version', reference)
  }
  return { name, resource, key, config: configOf(query), version }
}

function splitAt(text: string, separator: string): [text: string, first: string, rest?: string] {
  const at = text.indexOf(separator)
  return at < 0 ? [text, text] : [text, text.slice(0, at), text.slice(at + 1)]
}

/** Of several steps the last one is the key. */
function resourceAndKey(path: string): [resource: string, key: string | undefined] {
  const steps = path.split('/').map(unescape)
  if (steps.length === 1) return [steps[0] as string, undefined]
  const key = steps.pop()
  return [steps.join('/'), key === '' ? undefined : key]
}

function unescape(text: string): string {
  try {
    return decodeURIComponent(text)
  } catch {
    return text
  }
}

function configOf(query: string | undefined): Readonly<Record<string, string>> | undefined {
  if (query === undefined || query === '') return undefined
  return Object.fromEntries(new URLSearchParams(query))
}

type Environment = ((name: string) => string | undefined) | undefined

function resolve(parsed: VaultReference, reference: string, env: Environment): string {
  if (parsed.name !== 'env') throw refused(`could not find vault (${parsed.name})`, reference)
  if (env === undefined) throw refused('the environment is not open to plugins', reference)
  // Kong: `my-secret` with the prefix `app_` is APP_MY_SECRET.
  const name = `${parsed.config?.prefix ?? ''}${parsed.resource.replaceAll('-', '_')}`.toUpperCase()
  const secret = env(name)
  if (secret === undefined) throw refused('unable to load value from vault (env)', reference)
  return parsed.key === undefined ? secret : fieldOf(secret, parsed.key, reference)
}

function fieldOf(secret: string, key: string, reference: string): string {
  let fields: unknown
  try {
    fields = JSON.parse(secret)
  } catch (error) {
    throw refused('unable to json decode value received from vault (env)', reference).causedBy(
      error,
    )
  }
  const isTable = typeof fields === 'object' && fields !== null && Object.hasOwn(fields, key)
  const value = isTable ? (fields as Readonly<Record<string, unknown>>)[key] : undefined
  if (typeof value === 'string') return value
  throw refused(`subfield ${key} not found in value received from vault (env)`, reference)
}

/** A reference is no secret; what it stands for never gets into a message. */
function refused(problem: string, reference: unknown): ReturnType<typeof pluginErrors.UNAVAILABLE> {
  const told = typeof reference === 'string' ? reference : typeof reference
  return pluginErrors.UNAVAILABLE(`${problem} [${told}]`)
}

function checkOptions(options: unknown): void {
  if (typeof options === 'object' && options !== null) return
  throw pluginErrors.ARGUMENT_INVALID('options must be a table')
}

function valueOrEmpty(read: () => string): string {
  try {
    return read()
  } catch {
    return ''
  }
}
