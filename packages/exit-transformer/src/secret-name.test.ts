import { describe, expect, it } from 'vitest'
import { isSecretName } from './secret-name.ts'

describe('isSecretName()', () => {
  it.each([
    ...['X-Auth-Token', 'X-Access-Token', 'X-CSRF-Token', 'X-CSRFToken', 'X-Session-Token'],
    ...['X-Amz-Security-Token', 'x_vault_token', 'PRIVATE-TOKEN', 'token', 'accessToken'],
    ...['X-Api-Key', 'X-APIKEY', 'apiKey', 'x-goog-api-key', 'Ocp-Apim-Subscription-Key'],
    ...['client_secret', 'SECRET', 'secretKey', 'aws.secret.access.key', 'private_key'],
    ...['password', 'newPassword', 'user_passwd', 'pwd', 'passphrase'],
    ...['X-Session', 'session_id', 'JSESSIONID', 'PHPSESSID', 'Set-Cookie', 'jwt'],
    ...['X-Amz-Credential', 'credentials', 'X-Amz-Signature', 'X-Hub-Signature-256', 'sig'],
    ...['X-Original-Authorization', 'token2', 'token_2'],
  ])('takes %s for the name of a secret', (name) => {
    expect(isSecretName(name)).toBe(true)
  })

  it.each([
    ...['X-Token-Type', 'tokenType', 'token_expires_in', 'max_tokens', 'total-tokens'],
    ...['password_policy', 'X-Api-Key-Version', 'api_key_id', 'Signature-Input'],
    ...['session_count', 'possession', 'X-Credential-Identifier', 'secretary', 'config'],
    ...['Sec-WebSocket-Key', 'Idempotency-Key', 'key', 'WWW-Authenticate', 'Accept', 'message'],
    ...['constructor', '', '-', '256'],
  ])('takes %s for a harmless name', (name) => {
    expect(isSecretName(name)).toBe(false)
  })
})
