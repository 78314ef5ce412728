import type { OracleCall, OracleCase } from '../oracle-case.ts'
import type { ApisixCase, ApisixConfig, ApisixRoute, ApisixUpstream } from './apisix-case.ts'
import { translatePlugins } from './translate-plugin.ts'

/**
 * Tells an exchange with APISIX in the words of Kong's Admin API: the same Routes, Services,
 * Consumers and plugins. The request and the recorded answer stay as they are.
 *
 * Each exit-transformer is validated before anything is made, as decK does it, so that a
 * configuration that is refused leaves nothing behind.
 */
export function translateApisix({ config, ...recorded }: ApisixCase): OracleCase {
  const made = entitiesOf(config)
  const checks = made.filter(isExitTransformer).map(validation)
  return { ...recorded, config: [...checks, ...made] }
}

function entitiesOf(config: ApisixConfig): OracleCall[] {
  const { routes, services = [], consumers = [], global_rules: rules = [] } = config
  return [
    ...services.flatMap(({ id, upstream, plugins }) => [
      serviceCall(id, upstream),
      ...pluginCalls(`/services/${id}`, plugins),
    ]),
    ...routes.flatMap((route) => routeCalls(route)),
    ...consumers.flatMap(({ username, plugins: { 'key-auth': keyAuth, ...others } }) => [
      post('/consumers', { username }),
      ...(keyAuth === undefined ? [] : [post(`/consumers/${username}/key-auth`, keyAuth)]),
      ...pluginCalls(`/consumers/${username}`, others),
    ]),
    ...rules.flatMap(({ plugins }) => pluginCalls('', plugins)),
  ]
}

function routeCalls({ id, uri, uris, service_id: owner, upstream, plugins }: ApisixRoute) {
  const paths = uris ?? (uri === undefined ? [] : [uri])
  const service = owner ?? id
  const route = {
    name: id,
    service: { name: service },
    paths: paths.map(pathOf),
    // APISIX hands path and Host on as they came.
    strip_path: false,
    preserve_host: true,
  }
  return [
    ...(upstream === undefined ? [] : [serviceCall(service, upstream)]),
    post('/routes', route),
    ...pluginCalls(`/routes/${id}`, plugins),
  ]
}

/** A path of APISIX is the whole path, unless it ends with a star. */
function pathOf(uri: string): string {
  return uri.endsWith('*') ? uri.slice(0, -1) : `~${uri}$`
}

/** The Services of the recordings have ports of their own here: 28100 is the echo Service's 18100. */
function serviceCall(name: string, { nodes }: ApisixUpstream): OracleCall {
  const [address = ''] = Object.keys(nodes)
  return post('/services', { name, url: `http://${address.replace(':28', ':18')}` })
}

function pluginCalls(scope: string, plugins: ApisixConfig['routes'][0]['plugins']): OracleCall[] {
  return translatePlugins(plugins, scope === '').map((plugin) => post(`${scope}/plugins`, plugin))
}

function post(path: string, json: NonNullable<OracleCall['json']>): OracleCall {
  return { method: 'POST', path, json }
}

function isExitTransformer({ json }: OracleCall): boolean {
  return (json as { readonly name?: unknown } | undefined)?.name === 'exit-transformer'
}

function validation({ json }: OracleCall): OracleCall {
  return { method: 'POST', path: '/schemas/plugins/validate', ...(json !== undefined && { json }) }
}
