import type { LuaHttpResponse } from '../host/lua-http.ts'
import { allocateString } from '../runtime/budget.ts'
import { type LuaTable, newTable } from '../runtime/table.ts'
import { NOTHING, type Callable } from '../runtime/value.ts'
import { httpHeaders } from './http-headers.ts'

/** A response as lua-resty-http shows it. Its body is there, to be read once. */
export function httpResponse(response: LuaHttpResponse, method: string): LuaTable {
  const { status, reason, headers, body } = response
  const table = newTable()
  allocateString(body.length)
  let left: string | undefined = Buffer.from(body).toString('latin1')
  const take = (): string | undefined => {
    const taken = left
    left = undefined
    return taken
  }
  const readChunk: Callable = () => take() || undefined
  table.set('status', status)
  table.set('reason', reason)
  table.set('headers', httpHeaders(headers))
  table.set('has_body', hasBody(status, method))
  table.set('body_reader', readChunk)
  table.set('read_body', () => take() ?? '')
  table.set('read_trailers', () => NOTHING)
  return table
}

/** As RFC 9112, 6.3 has it, not whether anything came. */
function hasBody(status: number, method: string): boolean {
  return method !== 'HEAD' && status >= 200 && status !== 204 && status !== 304
}
