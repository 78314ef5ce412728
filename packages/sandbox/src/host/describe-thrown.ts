import { types } from 'node:util'
import { type Failure, MAX_ERROR_TEXT } from '../protocol.ts'

/** Script name of each function's code; the number after it is the function's. */
export const SCRIPT_NAME = 'postern-function-'

/** The same of each module's code. */
export const MODULE_SCRIPT_NAME = 'postern-module-'

// The stack can be a text of the function's own: numbers that no place has are no place.
const PLACE = /postern-function-\d+:(\d{1,7}):(\d{1,7})(?!\d)/
const MODULE_PLACE = /postern-module-(\d{1,7}):(\d{1,7}):(\d{1,7})(?!\d)/
const exec = RegExp.prototype.exec

/**
 * Tells what a function threw. Whatever is asked of it may be the function's code, so this runs
 * under the meter as well, and nothing but strings is believed.
 */
export function describeThrown(thrown: unknown): Failure {
  try {
    if (types.isNativeError(thrown)) return describeError(thrown)
    return { kind: 'threw', text: describeValue(thrown) }
  } catch {
    // Its name, message or stack threw in turn.
    return { kind: 'threw', text: 'a value that cannot be read' }
  }
}

function describeError(error: Error): Failure {
  const { name, message, stack } = error
  const text = `${textOf(name, 'Error')}: ${textOf(message, '')}`.slice(0, MAX_ERROR_TEXT)
  if (typeof stack !== 'string') return { kind: 'threw', text }
  const place = exec.call(PLACE, stack)
  const inside = exec.call(MODULE_PLACE, stack)
  return {
    kind: 'threw',
    text,
    ...(place !== null && { at: [Number(place[1]), Number(place[2])] }),
    ...(inside !== null && { in: [Number(inside[1]), Number(inside[2]), Number(inside[3])] }),
  }
}

function textOf(said: unknown, otherwise: string): string {
  return typeof said === 'string' ? said : otherwise
}

function describeValue(thrown: unknown): string {
  if (typeof thrown === 'object' && thrown !== null) return 'an object that is no Error'
  if (typeof thrown === 'function') return 'a function'
  return String(thrown).slice(0, MAX_ERROR_TEXT)
}
