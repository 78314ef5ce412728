import type { EntityCheck, Field, RecordSchema } from '@postern/schema'

const HTTP = "'http' or 'https'"
const GRPC = "'grpc' or 'grpcs'"
const STREAM = "'tcp', 'tls', 'tls_passthrough' or 'udp'"

const http: RecordSchema = {
  fields: forbid(['sources', 'destinations'], HTTP),
  entity_checks: [
    needsOneOf(
      ['https', ['methods', 'hosts', 'headers', 'paths', 'snis']],
      ['http', ['methods', 'hosts', 'headers', 'paths']],
    ),
  ],
}

const grpc: RecordSchema = {
  fields: {
    ...forbid(['methods', 'sources', 'destinations'], GRPC),
    strip_path: {
      type: 'boolean',
      required: true,
      default: false,
      ne: true,
      err: `cannot set 'strip_path' when 'protocols' is ${GRPC}`,
    },
  },
  entity_checks: [
    needsOneOf(
      ['grpcs', ['hosts', 'headers', 'paths', 'snis']],
      ['grpc', ['hosts', 'headers', 'paths']],
    ),
  ],
}

const stream: RecordSchema = {
  fields: forbid(['methods', 'hosts', 'paths', 'headers'], STREAM),
  entity_checks: [
    needsWhenAllAre(
      ['tcp', 'tls', 'udp'],
      ['sources', 'destinations', 'snis'],
      "must set one of %s when 'protocols' is 'tcp', 'tls' or 'udp'",
    ),
    needsWhenAllAre(
      ['tls_passthrough'],
      ['snis'],
      "must set snis when 'protocols' is 'tls_passthrough'",
    ),
  ],
}

/** What a Route may and must have, by the first of its `protocols`. */
export const routeSubschemas: Readonly<Record<string, RecordSchema>> = {
  http,
  https: http,
  grpc,
  grpcs: grpc,
  tcp: stream,
  tls: stream,
  tls_passthrough: stream,
  udp: stream,
}

function forbid(names: readonly string[], protocols: string): Readonly<Record<string, Field>> {
  const fields = names.map((name) => [
    name,
    { type: 'json', eq: null, err: `cannot set '${name}' when 'protocols' is ${protocols}` },
  ])
  return Object.fromEntries(fields)
}

type Needs = readonly [protocol: string, oneOf: readonly string[]]

function needsOneOf([secure, secureFields]: Needs, [plain, plainFields]: Needs): EntityCheck {
  return {
    conditional_at_least_one_of: {
      if_field: 'protocols',
      if_match: { contains: secure },
      then_at_least_one_of: secureFields,
      then_err: `must set one of %s when 'protocols' is '${secure}'`,
      else_match: { contains: plain },
      else_then_at_least_one_of: plainFields,
      else_then_err: `must set one of %s when 'protocols' is '${plain}'`,
    },
  }
}

function needsWhenAllAre(
  protocols: readonly string[],
  oneOf: readonly string[],
  message: string,
): EntityCheck {
  return {
    conditional_at_least_one_of: {
      if_field: 'protocols',
      if_match: { elements: { type: 'string', one_of: protocols } },
      then_at_least_one_of: oneOf,
      then_err: message,
    },
  }
}
