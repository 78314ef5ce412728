/** Functions of strings that a Buffer lacks. Those that both have stay the Buffer's. */
const STRING_FUNCTIONS = [
  'charAt',
  'charCodeAt',
  'codePointAt',
  'concat',
  'endsWith',
  'localeCompare',
  'match',
  'matchAll',
  'normalize',
  'padEnd',
  'padStart',
  'repeat',
  'replace',
  'replaceAll',
  'search',
  'split',
  'startsWith',
  'substring',
  'toLowerCase',
  'toUpperCase',
  'trim',
  'trimEnd',
  'trimStart',
] as const

/**
 * Makes a body that can be used as bytes and, by the functions of strings, as the text it is.
 *
 * kong-pdk answers bodies as Uint8Array with Kong 3 and as strings before that; plugins for either
 * are about. `includes`, `indexOf` and `lastIndexOf` of a Buffer take text as well.
 */
export function textBuffer(bytes: Uint8Array): Buffer {
  const body = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  return Object.setPrototypeOf(body, TEXT_BUFFER) as Buffer
}

const TEXT_BUFFER = Object.create(
  Buffer.prototype,
  Object.fromEntries(
    STRING_FUNCTIONS.map((name) => [name, { value: onText(name), configurable: true }]),
  ),
) as Buffer

function onText(name: (typeof STRING_FUNCTIONS)[number]) {
  const apply = String.prototype[name] as (this: string, ...args: unknown[]) => unknown
  return function call(this: Buffer, ...args: readonly unknown[]): unknown {
    return apply.apply(this.toString('utf8'), args as unknown[])
  }
}
