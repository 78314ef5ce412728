import {
  defineEntity,
  type EntityCheck,
  type EntitySchema,
  type SetField,
  typedefs,
} from '@postern/schema'
import { type CheckExpression, expressionCheck, expressionFields } from './expression-fields.ts'
import type { Route } from './route.ts'
import { createRouteSubschemas, type RouterFlavor } from './route-subschemas.ts'
import {
  checkRouteExpressions,
  validateRouteHeader,
  validateRoutePath,
} from './validate-route-path.ts'

const addressRanges = {
  type: 'set',
  elements: {
    type: 'record',
    fields: { ip: typedefs.ip_or_cidr, port: typedefs.port },
    entity_checks: [{ at_least_one_of: ['ip', 'port'] }],
  },
} as const satisfies SetField

/** The matchers of these flavors run in linear time, and do not have every kind of expression. */
const linearTimeCheck: EntityCheck = {
  custom_entity_check: { field_sources: ['paths', 'headers'], fn: checkRouteExpressions },
}

/** What Routes are like where they are matched. */
export interface RoutesOptions {
  readonly flavor: RouterFlavor
  /**
   * Says what is wrong with the `expression` of a Route of the flavor `expressions`. Without it any
   * text is taken, for the matcher to refuse.
   */
  readonly checkExpression?: CheckExpression
}

/** Routes of the flavor traditional_compatible, which is the default. */
export const routes: EntitySchema<Route> = createRoutes({ flavor: 'traditional_compatible' })

/**
 * Describes the Routes of a flavor. Which fields are allowed and needed depends on the first of
 * `protocols`.
 */
export function createRoutes({ flavor, checkExpression }: RoutesOptions): EntitySchema<Route> {
  const base = createFieldRoutes(flavor)
  if (flavor !== 'expressions') return base
  const check = expressionCheck(checkExpression)
  return {
    ...base,
    fields: { ...base.fields, ...expressionFields },
    entity_checks: [...(base.entity_checks ?? []), check],
  }
}

function createFieldRoutes(flavor: RouterFlavor): EntitySchema<Route> {
  return defineEntity({
    name: 'routes',
    primary_key: ['id'],
    endpoint_key: 'name',
    subschema_key: 'protocols',
    subschemas: createRouteSubschemas(flavor),
    fields: {
      id: typedefs.id,
      created_at: typedefs.created_at,
      updated_at: typedefs.updated_at,
      name: typedefs.name,
      protocols: {
        ...typedefs.protocols,
        required: true,
        len_min: 1,
        default: ['http', 'https'],
      },
      https_redirect_status_code: {
        type: 'integer',
        one_of: [426, 301, 302, 307, 308],
        default: 426,
        required: true,
      },
      strip_path: { type: 'boolean', required: true, default: true },
      preserve_host: { type: 'boolean', required: true, default: false },
      request_buffering: { type: 'boolean', required: true, default: true },
      response_buffering: { type: 'boolean', required: true, default: true },
      tags: typedefs.tags,
      service: { type: 'foreign', reference: 'services' },
      snis: {
        type: 'set',
        elements: flavor === 'traditional' ? typedefs.sni : typedefs.wildcard_sni,
      },
      sources: addressRanges,
      destinations: addressRanges,
      methods: { type: 'set', elements: typedefs.http_method },
      hosts: { type: 'array', elements: typedefs.wildcard_host },
      paths: {
        type: 'array',
        elements: {
          type: 'string',
          match_any: {
            patterns: ['^/', '^~/'],
            err: 'should start with: / (fixed path) or ~/ (regex path)',
          },
          match_none: [{ pattern: '//', err: 'must not have empty segments' }],
          custom_validator: validateRoutePath,
        },
      },
      headers: {
        ...typedefs.headers,
        keys: {
          ...typedefs.headers.keys,
          match_none: [
            {
              pattern: '^[Hh][Oo][Ss][Tt]$',
              err: "cannot contain 'host' header, which must be specified in the 'hosts' attribute",
            },
          ],
        },
        values: {
          type: 'array',
          elements: { type: 'string', custom_validator: validateRouteHeader },
        },
      },
      regex_priority: { type: 'integer', default: 0 },
      path_handling: { type: 'string', default: 'v0', one_of: ['v0', 'v1'] },
    },
    entity_checks: [
      {
        conditional: {
          if_field: 'protocols',
          if_match: {
            elements: {
              type: 'string',
              not_one_of: ['grpcs', 'https', 'tls', 'tls_passthrough'],
            },
          },
          then_field: 'snis',
          then_match: { len_eq: 0 },
          then_err:
            "'snis' can only be set when 'protocols' is 'grpcs', 'https', 'tls' or 'tls_passthrough'",
        },
      },
      ...(flavor === 'traditional' ? [] : [linearTimeCheck]),
    ],
  })
}
