import type { Kong, Plugin } from '@postern/plugin-runtime'
import { configSchema } from './config-schema.ts'
import { kongPdkErrors } from './errors.ts'
import { HandlerRun } from './handler-run.ts'
import { createKongProxy } from './kong-proxy.ts'
import { exportsOf, type KongPluginClass, type KongPluginModule } from './kong-plugin-module.ts'
import { configCopy } from './plain-copy.ts'

/** How a kong-pdk plugin was found. */
export interface AdaptOptions {
  /** Its file, folder or package. Gives the plugin its name when it does not say one. */
  readonly fileName: string
}

/** The phases a kong-pdk plugin can take part in. */
const PHASES = ['certificate', 'rewrite', 'access', 'preread', 'response', 'log'] as const

/**
 * Makes a plugin of Postern of a plugin written for kong-pdk, as it stands.
 *
 * Its class is instantiated once for each configuration. A handler that throws is answered for
 * with a 500, as any plugin; with Kong the request goes on.
 *
 * @param module what importing its file has answered
 * @throws POSTERN_KONG_PDK_MODULE_INVALID, POSTERN_KONG_PDK_SCHEMA_INVALID
 */
export function adaptKongPlugin(module: unknown, { fileName }: AdaptOptions): Plugin {
  const found = exportsOf(module)
  if (found === undefined) throw kongPdkErrors.MODULE_INVALID(fileName, NO_CLASS)
  const name = (textOf(found.Name) ?? baseName(fileName)).toLowerCase()
  const plugin: Plugin = {
    name,
    version: versionOf(found.Version),
    priority: priorityOf(fileName, found.Priority),
    schema: configSchema(name, found.Schema),
    prepare: (config) => createInstance(found.Plugin, config),
  }
  return Object.assign(plugin, handlersOf(fileName, found))
}

const NO_CLASS = 'it exports no class as "Plugin"'

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined
}

/** The last part of a path or of the name of a package, without the ending of a program. */
function baseName(fileName: string): string {
  const last = fileName.split(/[/\\]/).findLast((part) => part !== '') ?? fileName
  return last.replace(/\.([cm]?[jt]s|node)$/, '')
}

function versionOf(version: unknown): string {
  if (typeof version === 'number') return String(version)
  return textOf(version) ?? '0.0.0'
}

function priorityOf(fileName: string, priority: unknown): number {
  if (priority === undefined || priority === null) return 0
  if (typeof priority === 'number' && !Number.isNaN(priority)) return priority
  throw kongPdkErrors.MODULE_INVALID(
    fileName,
    `Priority is ${JSON.stringify(priority)}, expected a number`,
  )
}

/** An instance of the plugin's class for one configuration, and whether it was warned of. */
interface Instance {
  readonly handlers: Readonly<Record<string, (kong: object) => unknown>>
  tellIgnored(kong: Kong, path: string): void
}

function createInstance(PluginClass: KongPluginClass, config: unknown): Instance {
  const instance = new PluginClass(configCopy(config) as Record<string, unknown>)
  let isTold = false
  return {
    handlers: instance as Instance['handlers'],
    tellIgnored(kong, path) {
      if (isTold) return
      isTold = true
      kong.log.warn(
        `${path} was called after kong.response.exit, which does not stop a handler, and is ignored: write "return kong.response.exit(...)" (told once)`,
      )
    },
  }
}

/** Kong: handlers are looked for on the prototype, so that fields with functions are none. */
function handlersOf(fileName: string, { Plugin }: KongPluginModule): Partial<Plugin> {
  const prototype = Plugin.prototype as Readonly<Record<string, unknown>>
  const found = PHASES.filter((phase) => typeof prototype[phase] === 'function')
  if (found.length === 0) {
    throw kongPdkErrors.MODULE_INVALID(fileName, `Plugin has none of ${PHASES.join(', ')}`)
  }
  return Object.fromEntries(
    found.map((phase) => [
      phase,
      (kong: Kong, _config: unknown, prepared: unknown) =>
        runHandler(kong, phase, prepared as Instance),
    ]),
  )
}

async function runHandler(
  kong: Kong,
  phase: (typeof PHASES)[number],
  { handlers, tellIgnored }: Instance,
): Promise<void> {
  const run = new HandlerRun(kong, tellIgnored)
  try {
    await handlers[phase]?.(createKongProxy(run))
  } finally {
    run.close()
  }
  run.end()
}
