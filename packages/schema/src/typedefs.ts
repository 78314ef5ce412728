// Descriptions of fields that many schemas have, with Kong's names for them. Meant to be spread:
// `{ ...typedefs.host, required: true }`.
import type { ArrayField, MapField, SetField, StringField } from './field.ts'
import {
  validateHost,
  validateHostWithPort,
  validateSni,
  validateWildcardHost,
  validateWildcardSni,
} from './validate-host.ts'
import {
  validateCookieName,
  validateHeaderName,
  validateIp,
  validateIpOrCidr,
  validateName,
  validatePath,
  validateTag,
  validateUrl,
} from './validate-text.ts'

/** An id that somebody else makes. */
export const uuid = { type: 'string', uuid: true } as const

/** The id of an entity: made by the gateway unless it was given. */
export const id = { type: 'string', uuid: true, auto: true } as const

/** Seconds since 1970 at which an entity was made. */
export const created_at = { type: 'integer', timestamp: true, auto: true } as const

/** Seconds since 1970 at which an entity was last written. */
export const updated_at = { type: 'integer', timestamp: true, auto: true } as const

/** The same two, with milliseconds as a fraction. */
export const created_at_ms = { type: 'number', timestamp: true, auto: true } as const
export const updated_at_ms = { type: 'number', timestamp: true, auto: true } as const

/** A unique name in letters of any script, digits and `.`, `-`, `_`, `~`. */
export const name: StringField = { type: 'string', unique: true, custom_validator: validateName }

/** The same without being unique. */
export const utf8_name: StringField = { type: 'string', custom_validator: validateName }

/** One tag. */
export const tag: StringField = { type: 'string', required: true, custom_validator: validateTag }

/** Tags of an entity, by which collections can be filtered. */
export const tags: SetField<StringField> = { type: 'set', elements: tag }

/** A name or an address, without a port. */
export const host: StringField = { type: 'string', custom_validator: validateHost }

/** A name or an address, with an optional port. */
export const host_with_optional_port: StringField = {
  type: 'string',
  custom_validator: validateHostWithPort,
}

/** The same, in which the first or the last label may be `*`. */
export const wildcard_host: StringField = {
  type: 'string',
  custom_validator: validateWildcardHost,
}

/** The name a TLS client asks for. */
export const sni: StringField = { type: 'string', custom_validator: validateSni }

/** The same, in which the first or the last character may be `*`. */
export const wildcard_sni: StringField = { type: 'string', custom_validator: validateWildcardSni }

/** 0 to 65535. */
export const port = { type: 'integer', between: [0, 65535] } as const

/** An address. */
export const ip: StringField = { type: 'string', custom_validator: validateIp }

/** An address or a range of addresses. */
export const ip_or_cidr: StringField = { type: 'string', custom_validator: validateIpOrCidr }

/** An absolute path in the characters of RFC 3986. */
export const path: StringField = {
  type: 'string',
  starts_with: '/',
  match_none: [{ pattern: '//', err: 'must not have empty segments' }],
  custom_validator: validatePath,
}

/** A URL with scheme and host. */
export const url: StringField = { type: 'string', custom_validator: validateUrl }

/** The name of a header. */
export const header_name: StringField = { type: 'string', custom_validator: validateHeaderName }

/** The name of a cookie. */
export const cookie_name: StringField = { type: 'string', custom_validator: validateCookieName }

/** A method in capital letters. */
export const http_method = { type: 'string', match: '^[A-Z]+$' } as const

/** Milliseconds: 1 to 2147483646. */
export const timeout = { type: 'integer', between: [1, 2147483646] } as const

/** Everything that a Route or a Service can speak. */
export const protocol = {
  type: 'string',
  one_of: ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'],
} as const

/** Protocols of which some exclude each other. */
export const protocols = {
  type: 'set',
  elements: {
    type: 'string',
    one_of: ['grpc', 'grpcs', 'http', 'https', 'tcp', 'tls', 'tls_passthrough', 'udp'],
  },
  mutually_exclusive_subsets: [
    ['http', 'https'],
    ['tcp', 'tls', 'udp'],
    ['tls_passthrough'],
    ['grpc', 'grpcs'],
  ],
} as const

/** The protocols of a plugin for HTTP. */
export const protocols_http = {
  type: 'set',
  required: true,
  elements: { type: 'string', one_of: ['grpc', 'grpcs', 'http', 'https'] },
  default: ['grpc', 'grpcs', 'http', 'https'],
} as const

/** Header names and, for each, a list of values. */
export const headers: MapField<ArrayField<StringField>> = {
  type: 'map',
  keys: { type: 'string', custom_validator: validateHeaderName },
  values: { type: 'array', elements: { type: 'string' } },
}

/** In a plugin's schema: it cannot be set up for one Consumer, Route or Service. */
export const no_consumer = { type: 'foreign', reference: 'consumers', eq: null } as const
export const no_route = { type: 'foreign', reference: 'routes', eq: null } as const
export const no_service = { type: 'foreign', reference: 'services', eq: null } as const
