import { checkPhase, onlyIn, type PhaseSet } from '@postern/pdk-response'
import type { Kong } from '@postern/plugin-runtime'
import type { PdkCall } from './call-tree.ts'
import { nginxVariable } from './nginx-variable.ts'
import { serializeRequest } from './serialize-request.ts'

/**
 * What kong-pdk offers in place of values: `kong.ctx` and `kong.nginx` by functions, and the log
 * line as JSON text.
 */
export const extraFunctions: readonly (readonly [name: string, call: PdkCall])[] = [
  ['ctx.shared.get', (kong, [key]) => kong.ctx.shared[String(key)]],
  ['ctx.shared.set', (kong, [key, value]) => void (kong.ctx.shared[String(key)] = value)],
  ['ctx.plugin.get', (kong, [key]) => kong.ctx.plugin[String(key)]],
  ['ctx.plugin.set', (kong, [key, value]) => void (kong.ctx.plugin[String(key)] = value)],
  ['nginx.get_var', (kong, [name]) => nginxVariable(kong, String(name))],
  ['nginx.get_ctx', (kong, [key]) => nginxContext(kong).get(String(key))],
  ['nginx.set_ctx', (kong, [key, value]) => void nginxContext(kong).set(String(key), value)],
  ['nginx.req_start_time', (kong) => kong.request.getStartTime() / 1000],
  ['nginx.get_subsystem', (_kong, _args, phase) => (phase === 'preread' ? 'stream' : 'http')],
  [
    'log.serialize',
    (kong, _args, phase) => {
      checkPhase(phase, LOG)
      return JSON.stringify(serializeRequest(kong))
    },
  ],
]

const LOG: PhaseSet = onlyIn('log')

/** `ngx.ctx`: for one request, beside `kong.ctx.shared`. There is one `kong` for each request. */
const contexts = new WeakMap<Kong, Map<string, unknown>>()

function nginxContext(kong: Kong): Map<string, unknown> {
  let context = contexts.get(kong)
  if (context === undefined) contexts.set(kong, (context = new Map()))
  return context
}
