import { type HostValue, Unsendable } from '@postern/lua'
import { isLuaFunction, pdkArgument } from './pdk-argument.ts'

/**
 * The arguments of `kong.response.exit` and `error` from Lua.
 *
 * A body that cannot become JSON is handed on as one that fails when it is written: in Kong too the
 * call goes well, and the answer is a 500 later. Elsewhere such a value is an error at once.
 */
export function exitArguments(args: readonly (HostValue | Unsendable)[], name: string): unknown[] {
  const [status, body, ...rest] = args
  const bad = [status, ...rest].find((value) => value instanceof Unsendable)
  if (bad instanceof Unsendable) throw new Error(bad.reason)
  const others = rest as HostValue[]
  return [pdkArgument(status as HostValue), bodyArgument(body, name), ...others.map(pdkArgument)]
}

function bodyArgument(body: HostValue | Unsendable, name: string): unknown {
  if (body instanceof Unsendable) return failing(body.reason)
  if (typeof body !== 'object' || body === null || isLuaFunction(body)) return pdkArgument(body)
  const problem = name === 'response.exit' ? problemOf(body) : undefined
  return problem === undefined ? body : failing(problem)
}

/** Fails when it is written. */
function failing(reason: string): object {
  return {
    toJSON(): never {
      throw new Error(reason)
    },
  }
}

/** JSON.stringify writes these as null or leaves them out; cjson refuses them. */
function problemOf(value: unknown): string | undefined {
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return 'Cannot serialise number: must not be NaN or Infinity'
  }
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return undefined
  if (isLuaFunction(value)) return 'Cannot serialise function: type not supported'
  for (const part of Object.values(value)) {
    const problem = problemOf(part)
    if (problem !== undefined) return problem
  }
  return undefined
}
