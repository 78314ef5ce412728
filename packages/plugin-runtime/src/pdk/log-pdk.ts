import { inspect } from 'node:util'
import { checkPhase } from '@postern/pdk-response'
import { pluginErrors } from '../errors.ts'
import type { LogLevel } from '../log.ts'
import type { LogValue, PhaseContext } from '../phase-context.ts'
import { LOG_VALUES } from './phase-sets.ts'

/** `kong.log`: a function for the level `notice`, with the other levels as its properties. */
export interface LogPdk {
  (...values: readonly unknown[]): void
  debug(...values: readonly unknown[]): void
  info(...values: readonly unknown[]): void
  notice(...values: readonly unknown[]): void
  warn(...values: readonly unknown[]): void
  err(...values: readonly unknown[]): void
  crit(...values: readonly unknown[]): void
  alert(...values: readonly unknown[]): void
  emerg(...values: readonly unknown[]): void
  /** Prints values with all that is in them, at notice. */
  readonly inspect: InspectPdk
  /** At warn. A last object may tell `after` and `removal`: versions. */
  deprecation(...values: readonly unknown[]): void
  /**
   * Adds to the log line of the request. Dots in the key descend, `\.` is a dot.
   *
   * @param options `mode`: `set` (default), `add` (only where there is none) or `replace`
   */
  setSerializeValue(key: string, value: unknown, options?: { readonly mode?: string }): void
}

/** `kong.log.inspect`, which can be switched off and on. */
interface InspectPdk {
  (...values: readonly unknown[]): void
  on(): void
  off(): void
}

/** Makes `kong.log` for a request. Lines carry the plugin that is running as their namespace. */
export function createLogPdk(ctx: PhaseContext): LogPdk {
  const at =
    (level: LogLevel) =>
    (...values: readonly unknown[]): void =>
      ctx.log[level](prefixOf(ctx) + values.map(textOf).join(''))
  return Object.assign((...values: readonly unknown[]) => at('notice')(...values), {
    debug: at('debug'),
    info: at('info'),
    notice: at('notice'),
    warn: at('warn'),
    err: at('err'),
    crit: at('crit'),
    alert: at('alert'),
    emerg: at('emerg'),
    inspect: createInspect(ctx),
    deprecation: (...values: readonly unknown[]) => at('warn')(deprecationText(values)),
    setSerializeValue: (key: string, value: unknown, options?: { readonly mode?: string }) =>
      addLogValue(ctx, key, value, options),
  })
}

function createInspect(ctx: PhaseContext): InspectPdk {
  let isOn = true
  const print = (...values: readonly unknown[]): void => {
    if (isOn) ctx.log.notice(prefixOf(ctx) + values.map((value) => inspect(value)).join(' '))
  }
  return Object.assign(print, {
    on: () => {
      isOn = true
    },
    off: () => {
      isOn = false
    },
  })
}

function prefixOf(ctx: PhaseContext): string {
  return ctx.pluginName === undefined ? '' : `[${ctx.pluginName}] `
}

function textOf(value: unknown): string {
  if (typeof value === 'string') return value
  if (value === undefined || value === null) return 'nil'
  if (value instanceof Error) return value.stack ?? value.message
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : inspect(value)
}

function deprecationText(values: readonly unknown[]): string {
  const last = values.at(-1)
  if (typeof last !== 'object' || last === null) return values.map(textOf).join('')
  const { after, removal } = last as { readonly after?: unknown; readonly removal?: unknown }
  const told = [
    after === undefined ? '' : `deprecated after ${textOf(after)}`,
    removal === undefined ? '' : `scheduled for removal in ${textOf(removal)}`,
  ].filter((part) => part !== '')
  return `${values.slice(0, -1).map(textOf).join('')} (${told.join(', ')})`
}

const MODES = new Set(['set', 'add', 'replace'])

function addLogValue(
  ctx: PhaseContext,
  key: string,
  value: unknown,
  options?: { readonly mode?: string },
): void {
  checkPhase(ctx.phase, LOG_VALUES)
  if (typeof key !== 'string') throw pluginErrors.ARGUMENT_INVALID('key must be a string')
  const mode = options?.mode ?? 'set'
  if (!MODES.has(mode)) {
    throw pluginErrors.ARGUMENT_INVALID("mode must be 'set', 'add' or 'replace'")
  }
  ctx.logValues ??= []
  ctx.logValues.push({ key, value, mode: mode as LogValue['mode'] })
}
