import type { EntityCheck, Field, RecordSchema } from '@postern/schema'

const HTTP = "'http' or 'https'"
const GRPC = "'grpc' or 'grpcs'"
const STREAM = "'tcp', 'tls', 'tls_passthrough' or 'udp'"

/** How Routes are matched: the value of `router_flavor`. */
export type RouterFlavor = 'traditional' | 'traditional_compatible' | 'expressions'

/** What a Route may and must have, by the first of its `protocols`. */
export function createRouteSubschemas(
  flavor: RouterFlavor,
): Readonly<Record<string, RecordSchema>> {
  const http = describeHttp(flavor)
  const grpc = describeGrpc(flavor)
  const stream = describeStream(flavor)
  return {
    http,
    https: http,
    grpc,
    grpcs: grpc,
    tcp: stream,
    tls: stream,
    tls_passthrough: stream,
    udp: stream,
  }
}

function describeHttp(flavor: RouterFlavor): RecordSchema {
  const common = ['methods', 'hosts', 'headers', 'paths']
  return {
    fields: forbid(addressesOf(flavor), HTTP),
    entity_checks: [
      needsOneOf(
        ['https', [...common, 'snis', ...expressionOf(flavor)]],
        ['http', [...common, ...expressionOf(flavor)]],
      ),
    ],
  }
}

function describeGrpc(flavor: RouterFlavor): RecordSchema {
  const common = ['hosts', 'headers', 'paths']
  return {
    fields: {
      ...forbid(['methods', ...addressesOf(flavor)], GRPC),
      strip_path: STRIP_PATH_OF_GRPC,
    },
    entity_checks: [
      needsOneOf(
        ['grpcs', [...common, 'snis', ...expressionOf(flavor)]],
        ['grpc', [...common, ...expressionOf(flavor)]],
      ),
    ],
  }
}

const STRIP_PATH_OF_GRPC: Field = {
  type: 'boolean',
  required: true,
  default: false,
  ne: true,
  err: `cannot set 'strip_path' when 'protocols' is ${GRPC}`,
}

function describeStream(flavor: RouterFlavor): RecordSchema {
  return {
    fields: forbid(['methods', 'hosts', 'paths', 'headers'], STREAM),
    entity_checks: [
      needsWhenAllAre(
        ['tcp', 'tls', 'udp'],
        ['sources', 'destinations', 'snis', ...expressionOf(flavor)],
        "must set one of %s when 'protocols' is 'tcp', 'tls' or 'udp'",
      ),
      needsWhenAllAre(
        ['tls_passthrough'],
        ['snis', ...expressionOf(flavor)],
        "must set snis when 'protocols' is 'tls_passthrough'",
      ),
    ],
  }
}

/** Only expressions can match HTTP requests by address. */
function addressesOf(flavor: RouterFlavor): readonly string[] {
  return flavor === 'expressions' ? [] : ['sources', 'destinations']
}

function expressionOf(flavor: RouterFlavor): readonly string[] {
  return flavor === 'expressions' ? ['expression'] : []
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
