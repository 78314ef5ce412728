import type { Route } from '@postern/entities'
import { createRouter } from '@postern/router'
import type { Violations } from '@postern/schema'
import type { Entity, Reader } from '@postern/store'
import { checkOrdering } from './check-ordering.ts'

/**
 * What is wrong with a row that its schema takes: what a worker could not serve, told where it is
 * written. For the Admin API.
 */
export async function checkRow(
  entity: string,
  row: Entity,
  stored: Reader,
): Promise<Violations | undefined> {
  if (entity === 'plugins') return checkOrdering(row, stored)
  return entity === 'routes' ? checkExpressions(row) : undefined
}

/** The router leaves out a Route with an expression that it cannot run. */
function checkExpressions(row: Entity): Violations | undefined {
  const route = row as unknown as Route
  const found = createRouter([{ route, service: undefined }]).warnings.find(
    ({ kind }) => kind === 'invalid-regex',
  )
  return found === undefined ? undefined : { '@entity': [found.message] }
}
