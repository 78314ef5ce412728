import type { Consumer } from '@postern/entities'
import type { KeyAuthOptions, KeyOwner } from '@postern/key-auth'
import type { Entity } from '@postern/store'

/** Consumers and keys by what requests know of them. */
export interface ConsumerIndex extends KeyAuthOptions {
  find(key: string, by: 'id' | 'username'): Consumer | undefined
}

/** Indexes the Consumers of a configuration and their keys. Keys are what clients send: Maps only. */
export function indexConsumers(
  consumers: readonly Consumer[],
  credentials: readonly Entity[],
  expiresAtMs: Readonly<Record<string, number>>,
): ConsumerIndex {
  const byId = new Map(consumers.map((consumer) => [consumer.id, consumer]))
  const byUsername = new Map(consumers.map((consumer) => [consumer.username, consumer]))
  const byKey = new Map<string, KeyOwner & { readonly expiresAtMs: number }>()
  for (const credential of credentials) {
    const consumer = byId.get((credential.consumer as { id: string } | null)?.id ?? '')
    if (consumer === undefined || typeof credential.key !== 'string') continue
    byKey.set(credential.key, {
      consumer,
      credential,
      expiresAtMs: expiresAtMs[credential.id] ?? Number.POSITIVE_INFINITY,
    })
  }
  return {
    lookup(key) {
      const found = byKey.get(key)
      return found !== undefined && found.expiresAtMs > Date.now() ? found : undefined
    },
    find: (key, by) => (by === 'id' ? byId : byUsername).get(key),
    loadConsumer: (idOrUsername) => byId.get(idOrUsername) ?? byUsername.get(idOrUsername),
  }
}
