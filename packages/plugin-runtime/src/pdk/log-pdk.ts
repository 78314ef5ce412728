import { inspect } from 'node:util'
import { checkPhase } from '@postern/pdk-response'
import { pluginErrors } from '../errors.ts'
import type { Log, LogLevel } from '../log.ts'
import type { LogValue, PhaseContext } from '../phase-context.ts'
import { compileLogFormat, type LogFormat } from './log-format.ts'
import { LOG, LOG_VALUES } from './phase-sets.ts'
import { type SerializedRequest, serializeRequest } from './serialize-request.ts'

/** `kong.log`: a function for the level `notice`, with the other levels as its properties. */
export interface LogPdk extends LogFunctions {
  (...values: readonly unknown[]): void
}

/**
 * The functions of `kong.log`.
 *
 * @see Kong Gateway docs, PDK reference, "kong.log"
 */
export interface LogFunctions extends Log {
  /** Prints values with all that is in them, at notice. */
  readonly inspect: InspectPdk
  /** At warn. A last object may tell `after` and `removal`: versions. */
  deprecation(...values: readonly unknown[]): void
  /**
   * Adds to the log line of the request. Dots in the key descend, `\.` is a dot. Whether it can be
   * done shows in `serialize`.
   *
   * @param options `mode`: `set` (default), `add` (only where there is none) or `replace`
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  setSerializeValue(key: string, value: unknown, options?: { readonly mode?: string }): void
  /**
   * Everything about the request for a log line, under Kong's names: a new object at each call.
   * `authorization` and `proxy-authorization` say REDACTED. What the host does not know (sizes,
   * tries) is left out.
   *
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID for a value that `setSerializeValue` was given
   */
  serialize(): SerializedRequest
  /**
   * Changes how lines look, for the rest of the request and for all plugins: a text with
   * `%message`, `%namespace`, `%file_src`, `%line_src`, `%func_name`. Undefined: as at first.
   *
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  setFormat(format?: string | null): void
  /**
   * A log of its own, with another name in its lines than that of the plugin.
   *
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID
   */
  readonly new: (namespace: string, format?: string | null) => LogPdk
}

/** `kong.log.inspect`, which can be switched off and on. */
interface InspectPdk {
  (...values: readonly unknown[]): void
  on(): void
  off(): void
}

/** Makes `kong.log` for a request. Lines carry the plugin that is running as their namespace. */
export function createLogPdk(ctx: PhaseContext): LogPdk {
  return logOf(new LineWriter(ctx, undefined, USUAL_FORMAT))
}

const USUAL_FORMAT = compileLogFormat(undefined)

/** Writes lines in a format that can be changed. */
class LineWriter {
  readonly ctx: PhaseContext
  readonly #namespace: string | undefined
  format: LogFormat

  constructor(ctx: PhaseContext, namespace: string | undefined, format: LogFormat) {
    this.ctx = ctx
    this.#namespace = namespace
    this.format = format
  }

  write(level: LogLevel, message: string, caller: (...values: never) => void): void {
    const namespace = this.#namespace ?? this.ctx.pluginName
    this.ctx.log[level](this.format({ message, namespace }, caller))
  }
}

function logOf(writer: LineWriter): LogPdk {
  const at = (level: LogLevel) => {
    const log = (...values: readonly unknown[]): void =>
      writer.write(level, values.map(textOf).join(''), log)
    return log
  }
  const deprecation = (...values: readonly unknown[]): void =>
    writer.write('warn', deprecationText(values), deprecation)
  return Object.assign(at('notice'), {
    debug: at('debug'),
    info: at('info'),
    notice: at('notice'),
    warn: at('warn'),
    err: at('err'),
    crit: at('crit'),
    alert: at('alert'),
    emerg: at('emerg'),
    inspect: createInspect(writer),
    deprecation,
    setSerializeValue: (key: string, value: unknown, options?: { readonly mode?: string }) =>
      addLogValue(writer.ctx, key, value, options),
    serialize: () => serialize(writer.ctx),
    setFormat: (format?: string | null) => {
      writer.format = compileLogFormat(format)
    },
    new: (namespace: string, format?: string | null) => newLog(writer.ctx, namespace, format),
  })
}

function newLog(ctx: PhaseContext, namespace: unknown, format: unknown): LogPdk {
  if (typeof namespace !== 'string') {
    throw pluginErrors.ARGUMENT_INVALID('namespace must be a string')
  }
  if (namespace === '') throw pluginErrors.ARGUMENT_INVALID('namespace cannot be an empty string')
  return logOf(new LineWriter(ctx, namespace, compileLogFormat(format)))
}

function createInspect(writer: LineWriter): InspectPdk {
  let isOn = true
  const print = (...values: readonly unknown[]): void => {
    if (isOn) writer.write('notice', values.map((value) => inspect(value)).join(' '), print)
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
  const text = values.slice(0, -1).map(textOf).join('')
  return told.length === 0 ? text : `${text} (${told.join(', ')})`
}

function serialize(ctx: PhaseContext): SerializedRequest {
  checkPhase(ctx.phase, LOG)
  return serializeRequest(ctx)
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
