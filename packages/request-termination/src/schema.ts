import { defineRecord, type RecordSchema, typedefs, type Violation } from '@postern/schema'

/** Configuration of request-termination, complete. */
export interface RequestTerminationConfig {
  readonly status_code: number
  /** Answered as JSON, `{"message": ...}`. Not together with `body`. */
  readonly message: string | null
  /** Content-Type of `body`. */
  readonly content_type: string | null
  /** Answered as it stands. */
  readonly body: string | null
  /** Answers with what the gateway knows of the request. */
  readonly echo: boolean
  /** A header or a query argument without which requests pass. */
  readonly trigger: string | null
}

/** Kong's schema of request-termination, with its defaults. */
export const requestTerminationSchema: RecordSchema<{
  readonly config: RequestTerminationConfig
}> = defineRecord({
  fields: {
    protocols: typedefs.protocols_http,
    config: {
      type: 'record',
      required: true,
      fields: {
        status_code: {
          description: 'The status, from 100 to 599.',
          type: 'integer',
          required: true,
          default: 503,
          between: [100, 599],
        },
        message: {
          description: 'The text of a JSON answer. Not together with body.',
          type: 'string',
        },
        content_type: { description: 'Content-Type of body.', type: 'string' },
        body: { description: 'The answer as it stands.', type: 'string' },
        echo: {
          description: 'Answers with what the gateway knows of the request, for debugging.',
          type: 'boolean',
          required: true,
          default: false,
        },
        trigger: {
          ...typedefs.header_name,
          description: 'A header or a query argument without which requests pass.',
        },
      },
      custom_validator: checkTogether,
    },
  },
})

function checkTogether(config: Partial<RequestTerminationConfig>): Violation | undefined {
  const { message, content_type: type, body } = config
  if (isSet(message) && (isSet(type) || isSet(body))) {
    return 'message cannot be used with content_type or body'
  }
  return isSet(type) && !isSet(body) ? 'content_type requires a body' : undefined
}

function isSet(value: string | null | undefined): boolean {
  return value !== null && value !== undefined
}
