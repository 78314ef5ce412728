import { textBuffer } from './text-buffer.ts'

/**
 * Copies what a function of the PDK answers, as it would arrive over kong-pdk's socket: plugins may
 * do with it what they like without changing what other requests see. Bytes become text buffers;
 * what has functions of its own (a span, say) stays as it is.
 */
export function plainCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return textBuffer(value)
  if (Array.isArray(value)) return value.map(plainCopy)
  return isPlain(value) ? copyEntries(value, plainCopy) : value
}

function isPlain(value: object): boolean {
  const prototype: unknown = Object.getPrototypeOf(value)
  return prototype === null || prototype === Object.prototype
}

/**
 * Copies a configuration. Fields that are not set are left out, as Kong leaves out nil, so that
 * `const { message = 'hello' } = config` takes its default.
 */
export function configCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map(configCopy)
  const isSet = Object.entries(value).filter(([, inner]) => inner !== null && inner !== undefined)
  return copyEntries(Object.fromEntries(isSet), configCopy)
}

/** `fromEntries` defines: a name like `__proto__` from outside is a field like any other. */
function copyEntries(value: object, copy: (inner: unknown) => unknown): object {
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, copy(inner)]))
}
