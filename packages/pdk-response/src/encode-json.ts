import type { PosternError } from '@postern/errors'
import { pdkErrors } from './errors.ts'
import { luaType } from './lua-type.ts'

/**
 * Writes an object or array as JSON.
 *
 * A function anywhere in it is refused, as Kong does, rather than left out: a plugin that put one
 * there meant something else.
 *
 * @throws POSTERN_PDK_BODY_NOT_ENCODABLE
 */
export function encodeJson(value: object): string {
  return encode(value, pdkErrors.BODY_NOT_ENCODABLE)
}

/**
 * The same for the message of an error.
 *
 * @throws POSTERN_PDK_MESSAGE_NOT_ENCODABLE
 */
export function encodeMessage(value: object): string {
  return encode(value, pdkErrors.MESSAGE_NOT_ENCODABLE)
}

function encode(value: object, failure: (reason: string) => PosternError): string {
  try {
    // A toJSON may answer undefined, which is no JSON text.
    const json = JSON.stringify(value) as string | undefined
    refuseFunctions(value)
    if (json !== undefined) return json
  } catch (error) {
    throw failure(error instanceof Error ? error.message : String(error)).causedBy(error)
  }
  throw failure('Cannot serialise value: type not supported')
}

/** Runs after JSON.stringify, which has refused what contains itself. */
function refuseFunctions(value: unknown): void {
  if (typeof value === 'function' || typeof value === 'symbol') {
    throw new TypeError(`Cannot serialise ${luaType(value)}: type not supported`)
  }
  if (typeof value !== 'object' || value === null || 'toJSON' in value) return
  for (const part of Object.values(value)) refuseFunctions(part)
}
