/** A place in a document as people write it: `services[0].routes[1].paths[0]`. */
export function keysText(keys: readonly (string | number)[]): string {
  return keys
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '')
}
