/**
 * The last words of names that carry secrets. A name tells by its end what it holds: `X-Auth-Token` is a
 * token, `X-Token-Type` a type. Plurals are counts more often than secrets (`max_tokens`).
 */
const SECRET_END = new RegExp(
  `(?:${[
    'authorization|token|secret|password|passwd|passphrase|signature|credentials?',
    'session-?id|sessid',
    '(?:api|access|secret|private|signing|auth|subscription)-?key',
    '(?:^|-)(?:cookie|session|jwt|pwd|sig)',
  ].join('|')})$`,
)

/**
 * Whether what commonly stands under a name (of a header, a query argument, a member of JSON) is a
 * secret. Words are parted by capitals and by whatever is no letter.
 */
export function isSecretName(name: string): boolean {
  return SECRET_END.test(wordsOf(name))
}

/** `X-Hub-Signature-256` → `x-hub-signature`, `accessToken` → `access-token`. */
function wordsOf(name: string): string {
  const parted = name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase()
  return parted
    .split(/[^a-z]+/)
    .filter((word) => word !== '')
    .join('-')
}
