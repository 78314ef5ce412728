// What tests of kong-pdk plugins need: a plugin of some handlers, run through a request.
import { adaptKongPlugin } from '@postern/kong-pdk'
import {
  createPluginTest,
  type PluginTestOptions,
  type PluginTestResult,
  type TestRequest,
} from '@postern/plugin-testkit'

/** The names on the way from kong to a function, as far as they occur here. */
type Name =
  | 'ctx'
  | 'debug'
  | 'error'
  | 'exit'
  | 'get'
  | 'getBody'
  | 'getFoo'
  | 'getHeader'
  | 'getHost'
  | 'getMethod'
  | 'getPath'
  | 'getPort'
  | 'getQuery'
  | 'getQueryArg'
  | 'getRawBody'
  | 'getRoute'
  | 'getStatus'
  | 'getSubsystem'
  | 'getVar'
  | 'get_body'
  | 'get_ctx'
  | 'get_header'
  | 'get_var'
  | 'log'
  | 'nginx'
  | 'plugin'
  | 'request'
  | 'response'
  | 'router'
  | 'serialize'
  | 'service'
  | 'set'
  | 'setCtx'
  | 'setHeader'
  | 'setRawBody'
  | 'setUpstream'
  | 'shared'
  | 'startSpan'
  | 'tracing'
  | 'nowhere'

interface Callable {
  (...args: unknown[]): Promise<unknown>
}
/** `kong` as far as tests call it. */
export type Kong = Callable & { readonly [Step in Name]: Kong }
export type Handler = (this: { config: Record<string, unknown> }, kong: Kong) => unknown

/** A plugin of the usual form. */
export function kongPlugin(handlers: Record<string, Handler>, more: object = {}): object {
  class Plugin {
    readonly config: unknown
    constructor(config: unknown) {
      this.config = config
    }
  }
  Object.assign(Plugin.prototype, handlers)
  return { Plugin, ...more }
}

/** Runs a plugin of these handlers through a request. */
export function run(
  handlers: Record<string, Handler>,
  request: TestRequest = {},
  options: PluginTestOptions = {},
): Promise<PluginTestResult> {
  const plugin = adaptKongPlugin(kongPlugin(handlers), { fileName: '/plugins/Tested.js' })
  return createPluginTest(plugin, options).run(request)
}

/** What some calls answer, in access. */
export async function answersIn(access: Handler, request: TestRequest = {}): Promise<unknown> {
  let answers: unknown
  const handlers: Record<string, Handler> = {
    async access(kong) {
      answers = await access.call(this, kong)
    },
  }
  await run(handlers, request)
  return answers
}
