import type { HostValue, LuaWaitingCall } from '@postern/lua'
import type { Kong } from '@postern/plugin-runtime'
import type { CallsInProcess } from './calls-in-process.ts'
import { onRequestEnd } from './request-waits.ts'

/** A call that may wait. */
export interface CallThatWaits {
  /** Undefined where there is no request. */
  readonly kong: Kong | undefined
  /** Milliseconds that it may take, waiting included. */
  readonly timeoutMs: number
  /** When it has waited for too long, by the clock of `performance`. Set when it first waits. */
  waitsUntilMs: number | undefined
}

/**
 * Waits for a call of Lua to its end: its own, that of its time, or that of its request. Undefined
 * when the request has ended: whoever asked wants no answer any more.
 *
 * @throws what the call throws; POSTERN_LUA_BUDGET when its time is over
 */
export async function finishWaiting<Call extends CallThatWaits>(
  waiting: LuaWaitingCall,
  call: Call,
  calls: CallsInProcess<Call>,
): Promise<readonly HostValue[] | undefined> {
  const nowMs = performance.now()
  call.waitsUntilMs ??= nowMs + call.timeoutMs
  const timer = setTimeout(() => waiting.end(), call.waitsUntilMs - nowMs)
  let isOver = false
  const end = (): void => {
    isOver = true
    waiting.end()
  }
  const values = waiting.finish((part) => calls.during(call, part))
  const forget = call.kong === undefined ? undefined : onRequestEnd(call.kong, end)
  try {
    return await values
  } catch (error) {
    if (isOver) return undefined
    throw error
  } finally {
    clearTimeout(timer)
    forget?.()
  }
}
