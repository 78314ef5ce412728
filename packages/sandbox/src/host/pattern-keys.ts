/**
 * Keys of Object.prototype by which patterns charge: see `definePatternKeys`.
 *
 * Functions must not come by them: an object with such a property of its own would choose what a
 * pattern goes over. So no list of keys tells them, and no trap of a Proxy is asked for them.
 */
export const EACH: unique symbol = Symbol('postern.each')
export const KEYS: unique symbol = Symbol('postern.keys')

export function isPatternKey(key: unknown): boolean {
  return key === EACH || key === KEYS
}
