import { hostTable, type HostValue } from '@postern/lua'
import type { HeaderValue } from '@postern/pdk-response'
import { type LuaReach, visibleNgx } from './lua-endowments.ts'
import { luaHeaders } from './lua-headers.ts'
import { createLuaNgx } from './lua-ngx.ts'
import { stateTable } from './lua-state-table.ts'
import { luaValueOf } from './lua-value.ts'
import { outputFunctions, textBytes } from './ngx-output.ts'
import { METHODS, requestFunctions } from './ngx-request.ts'
import { sleepFunction } from './ngx-sleep.ts'
import { ngxStateOf } from './ngx-state.ts'
import type { PhaseCall, PhaseCalls } from './phase-calls.ts'
import { plainData } from './plain-data.ts'

/**
 * The part of OpenResty's `ngx` that functions in the wild use, in the phases of a request: besides
 * what `lua-ngx.ts` has, `ngx.arg`, `ngx.status`, `ngx.header`, what answers the client, and what
 * changes the request. No timers, sockets, shared memory or subrequests.
 */
export function createPhaseLuaNgx(calls: PhaseCalls, reach: LuaReach): HostValue {
  const base = createLuaNgx(calls)
  const request = base.req as Readonly<Record<string, HostValue>>
  return hostTable({
    fields: visibleNgx<HostValue>(reach, {
      ...base,
      ...METHODS,
      ...outputFunctions(calls),
      arg: argumentTable(calls),
      header: headerTable(calls),
      ctx: stateTable(() => ngxStateOf(calls.kong('ngx.ctx')).ctx),
      req: { ...request, ...requestFunctions(calls) },
      resp: { get_headers: (max) => responseHeaders(calls, max) },
      get_phase: () => calls.running('ngx.get_phase').phase,
      worker: { pid: () => process.pid },
      ...(reach === 'on' && { sleep: sleepFunction(() => calls.mayWait()) }),
    }),
    get: (key) => (key === 'status' ? statusOf(calls.running('ngx.status')) : undefined),
    set(key, value) {
      if (key !== 'status') throw new Error(`ngx.${key} cannot be set`)
      const { kong } = calls.running('ngx.status')
      kong.response.setStatus(Number(value))
      ngxStateOf(kong).status = Number(value)
    },
  })
}

/** Phases in which there is a response to look at. */
const RESPONSE_PHASES: ReadonlySet<string> = new Set(['header_filter', 'body_filter', 'log'])

/** Before there is a response, what was set, or 0. */
function statusOf({ kong, phase }: PhaseCall): number {
  return RESPONSE_PHASES.has(phase) ? kong.response.getStatus() : (ngxStateOf(kong).status ?? 0)
}

/** `ngx.arg`: 1 is the piece of the body, 2 tells whether it is the last. */
function argumentTable(calls: PhaseCalls): HostValue {
  const piece = (): NonNullable<PhaseCall['piece']> => {
    const call = calls.running('ngx.arg')
    if (call.piece === undefined) throw new Error(`ngx.arg is not there in ${call.phase}`)
    return call.piece
  }
  return hostTable({
    get: (key) => {
      if (key === 1) return piece().chunk ?? ''
      return key === 2 ? piece().last : undefined
    },
    set(key, value) {
      const at = piece()
      if (key === 1) at.chunk = value === undefined ? undefined : textBytes(value)
      if (key !== 2 || value !== true || at.last) return
      at.last = true
      at.replaced = true
    },
  })
}

/** `ngx.header`: reading and writing response headers by name. */
function headerTable(calls: PhaseCalls): HostValue {
  return hostTable({
    get(name) {
      const { kong, phase } = calls.running('ngx.header')
      if (!RESPONSE_PHASES.has(phase)) return undefined
      const headers = kong.response.getHeaders()
      return luaValueOf(headers[String(name).toLowerCase().replaceAll('_', '-')])
    },
    set(name, value) {
      const { response } = calls.kong('ngx.header')
      if (value === undefined) response.clearHeader(String(name))
      else response.setHeader(String(name), value as HeaderValue)
    },
  })
}

function responseHeaders(calls: PhaseCalls, max: HostValue): HostValue {
  const { response } = calls.kong('ngx.resp.get_headers')
  const headers = response.getHeaders(typeof max === 'number' ? max : undefined)
  return luaHeaders(plainData(headers) as Readonly<Record<string, HostValue>>)
}
