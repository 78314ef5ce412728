import type { EntityCheck, Field } from '@postern/schema'
import type { Protocol } from './protocol.ts'

/** Says what is wrong with an expression, which may use other fields for streams than for HTTP. */
export type CheckExpression = (
  expression: string,
  protocols: readonly Protocol[],
) => string | undefined

/** The largest priority that Kong's matcher leaves to users, 2^46 - 1. */
const MAX_PRIORITY = 70_368_744_177_663

/** The fields that Routes have with the flavor `expressions` only. */
export const expressionFields: { readonly expression: Field; readonly priority: Field } = {
  expression: { type: 'string' },
  priority: { type: 'integer', required: true, default: 0, between: [0, MAX_PRIORITY] },
}

const MATCHERS = ['methods', 'hosts', 'paths', 'headers', 'snis', 'sources', 'destinations']
const NAMES = "'methods', 'hosts', 'paths', 'headers', 'snis', 'sources' or 'destinations'"

type Entity = Readonly<Record<string, unknown>>

/** Checks that a Route is matched by an expression or by fields, and that the expression is one. */
export function expressionCheck(checkExpression: CheckExpression | undefined): EntityCheck {
  return {
    custom_entity_check: {
      field_sources: ['expression', 'priority', 'regex_priority', ...MATCHERS],
      fn: (route) => {
        const fault = mixtureOf(route) ?? faultOf(route, checkExpression)
        return fault && `Router Expression failed validation: ${fault}`
      },
    },
  }
}

function mixtureOf(route: Entity): string | undefined {
  const hasExpression = route.expression !== null
  const hasMatchers = MATCHERS.some((name) => isFilled(route[name]))
  if (hasExpression && hasMatchers) return `cannot set 'expression' with ${NAMES} simultaneously`
  if (hasExpression && route.regex_priority !== 0 && route.regex_priority !== null) {
    return "cannot set 'regex_priority' with 'expression' simultaneously"
  }
  if (!hasMatchers || route.priority === 0) return undefined
  return `cannot set 'priority' with ${NAMES} simultaneously`
}

function isFilled(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length > 0
}

function faultOf(route: Entity, check: CheckExpression | undefined): string | undefined {
  const { expression, protocols } = route
  if (typeof expression !== 'string') return undefined
  return check?.(expression, protocols as readonly Protocol[])
}
