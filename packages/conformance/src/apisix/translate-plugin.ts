// Over 100 lines: one table, a row for each plugin of APISIX that the exchanges use.
import type { Json } from '../http-case.ts'
import type { ApisixPlugins } from './apisix-case.ts'
import { translateFunction } from './translate-function.ts'

/** A plugin as the Admin API takes it. */
export interface TranslatedPlugin {
  readonly name: string
  readonly config: { readonly [field: string]: Json }
  readonly enabled?: boolean
  readonly [field: string]: Json
}

/**
 * Answers the plugins that do what a set of APISIX's does. What Kong has no plugin for in its open
 * edition becomes a function that makes the same exit.
 *
 * @throws an Error that names a plugin there is no translation for
 */
export function translatePlugins(plugins: ApisixPlugins, isGlobal: boolean): TranslatedPlugin[] {
  return Object.entries(plugins).map(([name, { _meta: meta, ...config }]) => {
    const translate = TRANSLATIONS.get(name)
    if (translate === undefined) throw new Error(`no translation for the plugin ${name}`)
    const isDisabled = (meta as { readonly disable?: boolean } | undefined)?.disable === true
    const plugin = translate(config, isGlobal)
    return isDisabled ? { ...plugin, enabled: false } : plugin
  })
}

type Config = Readonly<Record<string, Json>>
type Translate = (config: Config, isGlobal: boolean) => TranslatedPlugin

const TRANSLATIONS: ReadonlyMap<string, Translate> = new Map<string, Translate>([
  ['key-auth', keyAuth],
  // APISIX's global functions see Routes that do not exist, as Kong's do with handle_unknown.
  [
    'exit-transformer',
    ({ functions = null }, isGlobal) => ({
      name: 'exit-transformer',
      config: { functions, handle_unknown: isGlobal },
    }),
  ],
  ['serverless-pre-function', (config) => serverless('pre-function', config)],
  ['serverless-post-function', (config) => serverless('post-function', config)],
  ['fault-injection', faultInjection],
  ['uri-blocker', uriBlocker],
  ['ip-restriction', ipRestriction],
  ['limit-count', limitCount],
  ['redirect', redirect],
  ['consumer-restriction', consumerRestriction],
  ['response-rewrite', responseRewrite],
  ['cors', cors],
  ['request-id', requestId],
])

function keyAuth(config: Config): TranslatedPlugin {
  const { header = 'apikey', query = 'apikey', hide_credentials = false, realm = null } = config
  const key_names = [...new Set([header, query])]
  return { name: 'key-auth', config: { key_names, hide_credentials, realm } }
}

function serverless(name: string, { phase, functions }: Config): TranslatedPlugin {
  const sources = (functions as readonly string[]).map(translateFunction)
  return { name, config: { [String(phase)]: sources } }
}

function faultInjection({ abort }: Config): TranslatedPlugin {
  const { http_status: status = null, body = null } = abort as Config
  return { name: 'request-termination', config: { status_code: status, body } }
}

function uriBlocker({ block_rules: rules, rejected_code: code, rejected_msg: text }: Config) {
  const [rule] = rules as readonly string[]
  return before(`if kong.request.get_path():find(${lua(rule)}) then
    kong.response.exit(${lua(code)}, { error_msg = ${lua(text)} })
  end`)
}

function ipRestriction({ blacklist }: Config): TranslatedPlugin {
  const [address] = blacklist as readonly string[]
  return before(`if kong.client.get_ip() == ${lua(address)} then
    kong.response.exit(403, { message = "Your IP address is not allowed" })
  end`)
}

/** The window is longer than any test. */
function limitCount({ count, time_window: window, rejected_code: code }: Config): TranslatedPlugin {
  return before(`local used = 0
return function()
  used = used + 1
  kong.response.set_header("X-RateLimit-Limit", ${lua(count)})
  kong.response.set_header("X-RateLimit-Remaining", math.max(${lua(count)} - used, 0))
  kong.response.set_header("X-RateLimit-Reset", ${lua(window)})
  if used > ${lua(count)} then kong.response.exit(${lua(code)}) end
end`)
}

function redirect({ uri, ret_code: code }: Config): TranslatedPlugin {
  return before(`kong.response.exit(${lua(code)}, nil, { Location = ${lua(uri)} })`)
}

/** After key-auth, which knows the Consumer. */
function consumerRestriction({ whitelist }: Config): TranslatedPlugin {
  const [name] = whitelist as readonly string[]
  const access = `local consumer = kong.client.get_consumer()
if not consumer or consumer.username ~= ${lua(name)} then
  kong.response.exit(403, { message = "The consumer_name is forbidden." })
end`
  return { name: 'post-function', config: { access: [access] } }
}

function responseRewrite({ headers }: Config): TranslatedPlugin {
  const { set } = headers as { readonly set: Readonly<Record<string, string>> }
  return { name: 'post-function', config: { header_filter: [setHeaders(set)] } }
}

function cors(): TranslatedPlugin {
  const access = 'if kong.request.get_method() == "OPTIONS" then kong.response.exit(200) end'
  const header_filter = setHeaders({
    'Access-Control-Allow-Origin': '*',
    'Access-Control-Allow-Methods': '*',
    'Access-Control-Allow-Headers': '*',
    'Access-Control-Max-Age': '5',
  })
  return { name: 'pre-function', config: { access: [access], header_filter: [header_filter] } }
}

function requestId({ header_name: name }: Config): TranslatedPlugin {
  const header_filter = `kong.response.set_header(${lua(name)}, require("kong.tools.utils").uuid())`
  return { name: 'pre-function', config: { header_filter: [header_filter] } }
}

function before(source: string): TranslatedPlugin {
  return { name: 'pre-function', config: { access: [source] } }
}

function setHeaders(headers: Readonly<Record<string, string>>): string {
  return Object.entries(headers)
    .map(([name, value]) => `kong.response.set_header(${lua(name)}, ${lua(value)})`)
    .join('\n')
}

/** A string or a number as Lua writes it: JSON's escapes for plain text are Lua's too. */
function lua(value: Json | undefined): string {
  return JSON.stringify(value ?? null)
}
