// The plugin.
export { createKeyAuth, type KeyAuthOptions, type KeyOwner } from './plugin.ts'
export { type KeyAuthConfig, keyAuthSchema } from './schema.ts'
export { type KeyAuthCredential, keyauthCredentials } from './keyauth-credentials.ts'

// Why it answers requests itself.
export { KEY_AUTH_EXIT_REASONS } from './exit-reasons.ts'

// Its core, for servers without plugins.
export { challengeOf } from './challenge.ts'
export { findKey, type FoundKey, type KeyPlace, oneOrMany } from './find-key.ts'
