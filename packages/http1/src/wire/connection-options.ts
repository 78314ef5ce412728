/** What a Connection field asks for (RFC 9110, 7.6.1), as far as it concerns the connection itself. */
export interface ConnectionOptions {
  readonly close: boolean
  readonly keepAlive: boolean
  readonly upgrade: boolean
}

/** @param value all Connection lines of a message, joined by commas; empty where there are none */
export function connectionOptions(value: string): ConnectionOptions {
  return USUAL.get(value) ?? readOptions(value)
}

function readOptions(value: string): ConnectionOptions {
  const options = value.toLowerCase().split(',').map(trimBlanks)
  return {
    close: options.includes('close'),
    keepAlive: options.includes('keep-alive'),
    upgrade: options.includes('upgrade'),
  }
}

/** `trim` would take off characters that are no white space in HTTP. */
function trimBlanks(text: string): string {
  return text.replace(/^[ \t]+/, '').replace(/[ \t]+$/, '')
}

const USUAL: ReadonlyMap<string, ConnectionOptions> = new Map(
  ['', 'close', 'Close', 'keep-alive', 'Keep-Alive', 'upgrade', 'Upgrade'].map((value) => [
    value,
    Object.freeze(readOptions(value)),
  ]),
)
