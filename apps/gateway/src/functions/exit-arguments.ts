import { type HostValue, Unsendable } from '@postern/lua'
import { headersArgument, isLuaFunction, pdkArgument } from './pdk-argument.ts'

/**
 * The arguments of `kong.response.exit` and `error` from Lua.
 *
 * A body that cannot become JSON is handed on as one that fails when it is written: in Kong too the
 * call goes well, and the answer is a 500 later. Elsewhere such a value is an error at once.
 */
export function exitArguments(args: readonly (HostValue | Unsendable)[], name: string): unknown[] {
  const [status, body, headers, ...rest] = args
  const bad = [status, headers, ...rest].find((value) => value instanceof Unsendable)
  if (bad instanceof Unsendable) throw new Error(bad.reason)
  return [
    pdkArgument(status as HostValue),
    bodyArgument(body, name),
    headersArgument(headers as HostValue),
    ...(rest as HostValue[]).map(pdkArgument),
  ]
}

function bodyArgument(body: HostValue | Unsendable, name: string): unknown {
  if (body instanceof Unsendable) return failing(body.reason)
  if (typeof body !== 'object' || body === null || body instanceof Uint8Array) {
    return pdkArgument(body)
  }
  if (isLuaFunction(body) || name !== 'response.exit') return pdkArgument(body)
  try {
    return jsonOf(body)
  } catch (error) {
    return failing((error as Error).message)
  }
}

/** Fails when it is written. */
function failing(reason: string): object {
  return {
    toJSON(): never {
      throw new Error(reason)
    },
  }
}

/**
 * The value with its bytes as text: JSON has no others, so those that are not UTF-8 become U+FFFD.
 * Refuses what cjson refuses, and JSON.stringify would write as null or leave out.
 */
function jsonOf(value: HostValue): HostValue {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    throw new Error('Cannot serialise number: must not be NaN or Infinity')
  }
  if (typeof value !== 'object' || value === null) return value
  if (value instanceof Uint8Array) return Buffer.from(value).toString('utf8')
  if (isLuaFunction(value)) throw new Error('Cannot serialise function: type not supported')
  if (Array.isArray(value)) return value.map(jsonOf)
  const entries = Object.entries(value as Readonly<Record<string, HostValue>>)
  return Object.fromEntries(entries.map(([key, part]) => [key, jsonOf(part)]))
}
