import { type HostFunction, HostWait, waiting } from '@postern/lua'

/** What a timer of Node can be set to. */
const MAX_TIMER_MS = 2_147_483_647

/**
 * `ngx.sleep`: waits, and lets others run meanwhile. 0 waits for whoever is ready.
 *
 * @param mayWait throws in a phase that cannot wait
 */
export function sleepFunction(mayWait: () => void): HostFunction {
  return waiting((seconds) => {
    mayWait()
    const given = typeof seconds === 'string' ? Number(seconds) : seconds
    if (typeof given !== 'number') throw new Error("bad argument #1 to 'sleep' (number expected)")
    const ms = given * 1000
    if (!(ms >= 0)) throw new Error(`invalid sleep duration "${String(seconds)}"`)
    const { promise, resolve } = Promise.withResolvers<void>()
    const timer = setTimeout(resolve, Math.min(ms, MAX_TIMER_MS))
    return new HostWait(promise, () => clearTimeout(timer))
  })
}
