import type { Consumer } from '@postern/entities'
import { definePlugin, type Handled, type Kong, type Plugin } from '@postern/plugin-runtime'
import { challengeOf } from './challenge.ts'
import { KEY_AUTH_EXIT_REASONS } from './exit-reasons.ts'
import { findKey, type FoundKey, type KeyPlace, oneOrMany } from './find-key.ts'
import { hideKey } from './hide-key.ts'
import { keyauthCredentials } from './keyauth-credentials.ts'
import { readBodyFields } from './read-body-fields.ts'
import { type KeyAuthConfig, keyAuthSchema } from './schema.ts'
import { setConsumerHeaders } from './consumer-headers.ts'

/** Who a key belongs to. */
export interface KeyOwner {
  readonly consumer: Consumer
  readonly credential: { readonly id: string }
}

/** What key-auth needs from outside. */
export interface KeyAuthOptions {
  /** Finds the owner of a key; undefined when it is unknown or has expired. From memory. */
  lookup(key: string): KeyOwner | undefined
  /** Finds the Consumer that `config.anonymous` names, by id or username. */
  loadConsumer(idOrName: string): Consumer | undefined | Promise<Consumer | undefined>
}

/** Makes the plugin key-auth: who sends a known key is the Consumer it belongs to. */
export function createKeyAuth(options: KeyAuthOptions): Plugin<KeyAuthConfig> {
  return definePlugin({
    name: 'key-auth',
    version: '0.1.0',
    priority: 1250,
    schema: keyAuthSchema,
    entities: [keyauthCredentials],
    no_consumer: true,

    prepare: (config) => ({ 'WWW-Authenticate': challengeOf(config.realm) }),

    access(kong, config, challenge) {
      if (!config.run_on_preflight && kong.request.getMethod() === 'OPTIONS') return
      // With `anonymous`, any of several authentications is enough.
      if (config.anonymous !== null && kong.client.getCredential() !== undefined) return
      const check = { kong, config, options, challenge: challenge as Challenge }
      return config.key_in_body ? authenticateWithBody(check) : authenticate(check, undefined)
    },
  })
}

type Challenge = Readonly<Record<'WWW-Authenticate', string>>

interface Check {
  readonly kong: Kong<'access'>
  readonly config: KeyAuthConfig
  readonly options: KeyAuthOptions
  readonly challenge: Challenge
}

type BodyFields = Readonly<Record<string, unknown>>

async function authenticateWithBody(check: Check): Promise<void> {
  const fields = await readBodyFields(check.kong)
  await authenticate(check, fields)
}

function authenticate(check: Check, fields: BodyFields | undefined): Handled {
  const { kong, config, options } = check
  const found = findKey(config.key_names, placesOf(check, fields))
  if (found.kind !== 'key' || found.value === '') return refuse(check, refusalOf(found))
  if (config.hide_credentials) hideKey(kong, found.name, fields)
  const owner = options.lookup(found.value)
  if (owner === undefined) return refuse(check, 'key-auth.invalid_key')
  setConsumerHeaders(kong, owner.consumer, owner.credential)
  kong.client.authenticate(owner.consumer, owner.credential)
}

function placesOf({ kong, config }: Check, fields: BodyFields | undefined): readonly KeyPlace[] {
  const places: KeyPlace[] = []
  if (config.key_in_header) places.push((name) => oneOrMany(kong.request.getHeaderValues(name)))
  if (config.key_in_query) places.push((name) => kong.request.getQuery()[name])
  if (fields !== undefined) places.push((name) => fields[name])
  return places
}

type Reason = keyof typeof KEY_AUTH_EXIT_REASONS

function refusalOf(found: FoundKey): Reason {
  return found.kind === 'duplicate' ? 'key-auth.duplicate_key' : 'key-auth.no_key'
}

function refuse(check: Check, reason: Reason): Handled {
  const { kong, config, challenge } = check
  if (config.anonymous === null) {
    const { status, message } = KEY_AUTH_EXIT_REASONS[reason]
    return kong.response.error(status, message, challenge, { reason, leave: 'return' })
  }
  const consumer = check.options.loadConsumer(config.anonymous)
  if (!(consumer instanceof Promise)) return becomeAnonymous(check, consumer)
  return consumer.then((loaded) => becomeAnonymous(check, loaded))
}

function becomeAnonymous({ kong, config }: Check, consumer: Consumer | undefined): void {
  if (consumer === undefined) {
    kong.log.err('anonymous consumer ', config.anonymous, ' is configured but does not exist')
    const reason: Reason = 'key-auth.no_anonymous'
    return kong.response.error(KEY_AUTH_EXIT_REASONS[reason].status, undefined, undefined, {
      reason,
    })
  }
  setConsumerHeaders(kong, consumer, undefined)
  kong.client.authenticate(consumer)
}
