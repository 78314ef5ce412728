import type { HostFunction, HostValue } from '@postern/lua'
import type { Kong } from '@postern/plugin-runtime'
import { ngxStateOf } from './ngx-state.ts'
import type { PhaseCall, PhaseCalls } from './phase-calls.ts'

/** Thrown to end a function that has said that it is done: `ngx.exit(ngx.OK)`. */
export const NGX_DONE: Error = Object.freeze(new Error('ngx.exit(ngx.OK)'))

/**
 * `ngx.say`, `ngx.print`, `ngx.exit` and `ngx.redirect`: they answer the client as
 * `kong.response.exit` does, so that an Exit made this way passes through exit-transformer too.
 *
 * What was said is sent when the function exits or ends; nginx would send it at once.
 */
export function outputFunctions(calls: PhaseCalls): Readonly<Record<string, HostFunction>> {
  const write = (name: string, values: readonly HostValue[], end: string): number => {
    const { kong } = answering(calls, name)
    ngxStateOf(kong).said.push(Buffer.concat([...values.map(textBytes), Buffer.from(end)]))
    return 1
  }
  return {
    say: (...values) => write('say', values, '\n'),
    print: (...values) => write('print', values, ''),
    exit: (code) => exit(calls.running('ngx.exit'), Number(code ?? 0)),
    redirect: (target, status) => redirect(answering(calls, 'redirect').kong, target, status),
    flush: () => 1,
    eof: () => 1,
  }
}

/** Sends what a function has said without an exit. */
export function answerSaid({ kong, phase }: PhaseCall): void {
  if (phase !== 'access' && phase !== 'rewrite') return
  const { said, status } = ngxStateOf(kong)
  if (said.length > 0) answer(kong, status ?? 200)
}

/** Text as Lua's `ngx.say` writes a value; the items of a list one after the other. */
export function textBytes(value: HostValue): Buffer {
  if (value instanceof Uint8Array) return Buffer.from(value)
  if (Array.isArray(value)) return Buffer.concat(value.map(textBytes))
  if (value === undefined) return Buffer.from('nil')
  if (typeof value === 'object' || typeof value === 'function') {
    if (value === null) return Buffer.from('null')
    throw new Error('bad argument (string, number, boolean, nil, or array table expected)')
  }
  return Buffer.from(String(value))
}

function answering(calls: PhaseCalls, name: string): PhaseCall {
  const call = calls.running(`ngx.${name}`)
  if (call.phase === 'access' || call.phase === 'rewrite') return call
  throw new Error(`API disabled in the context of ${call.phase}: ngx.${name}`)
}

const REFUSED_EXIT: ReadonlySet<string> = new Set(['body_filter', 'certificate'])

/** 200 and above answers; OK (0) ends the function; ERROR (-1) is a 500. */
function exit({ kong, phase }: PhaseCall, code: number): void {
  if (code === 0 || phase === 'log' || phase === 'header_filter') throw NGX_DONE
  if (REFUSED_EXIT.has(phase)) throw new Error(`ngx.exit(${code}) in ${phase}`)
  const state = ngxStateOf(kong)
  if (code < 0) answer(kong, 500)
  if (code < 200) throw new Error(`ngx.exit takes 0 or a status from 200, got ${code}`)
  answer(kong, state.said.length > 0 ? (state.status ?? 200) : code)
}

function answer(kong: Kong, status: number): void {
  const { said } = ngxStateOf(kong)
  const body = said.length > 0 ? Buffer.concat(said) : undefined
  said.length = 0
  kong.response.exit(status, body, undefined, { reason: 'plugin.ngx_exit' })
}

const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

function redirect(kong: Kong, target: HostValue, status: HostValue): void {
  const code = status === undefined ? 302 : Number(status)
  if (!REDIRECTS.has(code)) {
    throw new Error('only ngx.HTTP_MOVED_TEMPORARILY, ngx.HTTP_MOVED_PERMANENTLY are allowed')
  }
  const headers = { Location: textBytes(target).toString('utf8') }
  kong.response.exit(code, undefined, headers, { reason: 'plugin.ngx_redirect' })
}
