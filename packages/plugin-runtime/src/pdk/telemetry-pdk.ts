import { luaType } from '@postern/pdk-response'
import { pluginErrors } from '../errors.ts'
import type { PhaseContext } from '../phase-context.ts'

/** A line for whoever collects telemetry. */
export interface TelemetryRecord {
  readonly pluginName: string
  readonly pluginConfig: object
  readonly messageType: string
  readonly message: string | undefined
  readonly attributes: object | undefined
}

/**
 * `kong.telemetry`.
 *
 * @see Kong Gateway docs, PDK reference, "kong.telemetry"
 */
export class TelemetryPdk {
  readonly #ctx: PhaseContext

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
  }

  /**
   * Hands a line to the host's telemetry. False while there is none, where Kong answers nil and a
   * message: nothing has gone wrong.
   *
   * @throws POSTERN_PLUGIN_UNAVAILABLE for arguments of the wrong type
   */
  log(
    pluginName: string,
    pluginConfig: object,
    messageType: string,
    message?: string | null,
    attributes?: object | null,
  ): boolean {
    check('plugin_name', pluginName, 'string')
    check('plugin_config', pluginConfig, 'table')
    check('message_type', messageType, 'string')
    if ((message ?? undefined) !== undefined) check('message', message, 'string')
    if ((attributes ?? undefined) !== undefined) check('attributes', attributes, 'table')
    const { telemetry } = this.#ctx.node
    if (telemetry === undefined) return false
    telemetry({
      pluginName,
      pluginConfig,
      messageType,
      message: message ?? undefined,
      attributes: attributes ?? undefined,
    })
    return true
  }
}

function check(name: string, value: unknown, type: 'string' | 'table'): void {
  if (luaType(value) !== type) throw pluginErrors.UNAVAILABLE(`${name} must be a ${type}`)
}
