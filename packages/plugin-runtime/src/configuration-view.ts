import { pluginErrors } from './errors.ts'

/** `kong.configuration`: the settings of the node, to be read. */
export type ConfigurationView = Readonly<Record<string, unknown>> & {
  /** A copy in which secrets are `******`. */
  removeSensitive(): Record<string, unknown>
}

/**
 * A view of the settings that cannot be written to, nor can what they hold. The same view for the
 * same settings, so that it is made once and not for each request.
 */
export function configurationView(settings: Readonly<Record<string, unknown>>): ConfigurationView {
  let view = views.get(settings)
  if (view === undefined) views.set(settings, (view = viewOf(settings)))
  return view
}

const views = new WeakMap<object, ConfigurationView>()

function viewOf(settings: Readonly<Record<string, unknown>>): ConfigurationView {
  const copy = frozenCopy(settings) as Readonly<Record<string, unknown>>
  const removeSensitive = (): Record<string, unknown> => masked(copy)
  return new Proxy(copy, {
    get: (target, key) => {
      if (key === 'removeSensitive' || key === 'remove_sensitive') return removeSensitive
      // Names come from plugins: `constructor` is no setting.
      return Object.hasOwn(target, key) ? Reflect.get(target, key) : undefined
    },
    set: refuse,
    defineProperty: refuse,
    deleteProperty: refuse,
    setPrototypeOf: refuse,
  }) as ConfigurationView
}

function refuse(): never {
  throw pluginErrors.ARGUMENT_INVALID('cannot write to configuration')
}

function frozenCopy(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return Object.freeze(value.map(frozenCopy))
  return Object.freeze(
    Object.fromEntries(Object.entries(value).map(([key, one]) => [key, frozenCopy(one)])),
  )
}

/** Kong's list of sensitive settings, as far as a pattern can tell, and what is like them. */
const SENSITIVE =
  /password|secret|token|credential|_key$|^proxy_server$|^declarative_config_string$|license_data/

const MASK = '******'

function masked(settings: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(settings).map(([name, value]) => [name, maskOne(name, value)]),
  )
}

function maskOne(name: string, value: unknown): unknown {
  if (value === undefined || value === null || value === '') return value
  if (SENSITIVE.test(name)) return MASK
  const isTable = typeof value === 'object' && !Array.isArray(value)
  return isTable ? masked(value as Readonly<Record<string, unknown>>) : value
}
