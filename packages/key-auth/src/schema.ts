import { defineRecord, type RecordSchema, typedefs } from '@postern/schema'

/** Configuration of key-auth, complete. */
export interface KeyAuthConfig {
  /** Names of headers, query arguments and body fields, in the order in which they are tried. */
  readonly key_names: readonly string[]
  /** The Service does not see the key. */
  readonly hide_credentials: boolean
  /** A Consumer, by id or username, that requests without a valid key are taken for. */
  readonly anonymous: string | null
  readonly key_in_header: boolean
  readonly key_in_query: boolean
  /** Reads the body of forms and JSON, which has to be buffered for it. */
  readonly key_in_body: boolean
  /** `false` lets OPTIONS requests through. */
  readonly run_on_preflight: boolean
  /** Told in WWW-Authenticate. */
  readonly realm: string | null
}

/** Kong's schema of key-auth, with its defaults. There is no Consumer to bind it to. */
export const keyAuthSchema: RecordSchema<{ readonly config: KeyAuthConfig }> = defineRecord({
  fields: {
    consumer: typedefs.no_consumer,
    protocols: typedefs.protocols_http,
    config: {
      type: 'record',
      required: true,
      fields: {
        key_names: {
          type: 'array',
          required: true,
          elements: typedefs.header_name,
          default: ['apikey'],
        },
        hide_credentials: { type: 'boolean', required: true, default: false },
        anonymous: { type: 'string' },
        key_in_header: { type: 'boolean', required: true, default: true },
        key_in_query: { type: 'boolean', required: true, default: true },
        key_in_body: { type: 'boolean', required: true, default: false },
        run_on_preflight: { type: 'boolean', required: true, default: true },
        realm: { type: 'string', required: false },
      },
    },
  },
})
