import {
  checkMaxHeaders,
  checkPhase,
  headerTable,
  type HeaderTable,
  lookUpHeader,
} from '@postern/pdk-response'
import { pluginErrors } from '../errors.ts'
import type { PhaseContext } from '../phase-context.ts'
import { type BodyFields, checkBodyType, checkMaxFields, parseBody } from './body-fields.ts'
import { SERVICE_RESPONSE } from './phase-sets.ts'

/**
 * `kong.service.response`: what the Service answered, before anything of it was changed.
 *
 * @see Kong Gateway docs, PDK reference, "kong.service.response"
 */
export class ServiceResponsePdk {
  readonly #ctx: PhaseContext

  constructor(ctx: PhaseContext) {
    this.#ctx = ctx
  }

  /** Undefined when the request was not proxied. */
  getStatus(): number | undefined {
    checkPhase(this.#ctx.phase, SERVICE_RESPONSE)
    return this.#ctx.serviceResponse?.status
  }

  /** Empty when the request was not proxied. @param max 1 to 1000, default 100 */
  getHeaders(max?: number): HeaderTable {
    checkPhase(this.#ctx.phase, SERVICE_RESPONSE)
    const limit = checkMaxHeaders(max, this.#ctx.settings.maxHeaders)
    const headers = this.#ctx.serviceResponse?.headers
    return headers === undefined
      ? (Object.create(null) as HeaderTable)
      : headerTable(headers, limit)
  }

  /** The first value of a header. Capitals do not matter, `_` equals `-`. */
  getHeader(name: string): string | undefined {
    checkPhase(this.#ctx.phase, SERVICE_RESPONSE)
    if (typeof name !== 'string') throw pluginErrors.ARGUMENT_INVALID('name must be a string')
    const headers = this.#ctx.serviceResponse?.headers
    return headers === undefined ? undefined : lookUpHeader(headers, name)
  }

  /** @throws POSTERN_PLUGIN_ARGUMENT_INVALID when the response is not buffered */
  getRawBody(): Buffer {
    checkPhase(this.#ctx.phase, SERVICE_RESPONSE)
    const body = this.#ctx.serviceResponse?.body
    if (body === undefined) throw pluginErrors.ARGUMENT_INVALID(NOT_BUFFERED)
    return Buffer.from(body.buffer, body.byteOffset, body.byteLength)
  }

  /**
   * The fields of a form or JSON body.
   *
   * @throws POSTERN_PLUGIN_ARGUMENT_INVALID when the response is not buffered,
   *   POSTERN_PLUGIN_UNAVAILABLE where Kong answers nil and a message
   */
  getBody(mime?: string | null, maxArgs?: number | null): BodyFields {
    const body = this.getRawBody()
    const type = checkBodyType(mime ?? this.#ctx.serviceResponse?.headers.get('content-type'))
    return parseBody(body, type, checkMaxFields(type, maxArgs, this.#ctx.requestLimits.maxPostArgs))
  }
}

const NOT_BUFFERED =
  'service body is only available with buffered proxying ' +
  '(see: kong.service.request.enable_buffering function)'
