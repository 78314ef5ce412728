import { normalizeRoutePath } from '../normalize-route-path.ts'

/**
 * The fields of a Route as a file of the formats 1.1 and 2.1 means them: a path with any character
 * that is not plain is a regular expression, which 3.0 marks with `~`.
 *
 * @see Kong Gateway, kong/db/migrations/migrate_path_280_300.lua
 */
export function migratePaths(
  fields: Readonly<Record<string, unknown>>,
): Readonly<Record<string, unknown>> {
  const paths = Object.hasOwn(fields, 'paths') ? fields.paths : undefined
  if (!Array.isArray(paths)) return fields
  return { ...fields, paths: paths.map(migratePath) }
}

function migratePath(path: unknown): unknown {
  if (typeof path !== 'string') return path
  return PLAIN.test(path) ? normalizeRoutePath(path) : `~${path}`
}

const PLAIN = /^[A-Za-z0-9.\-_~/%]*$/
