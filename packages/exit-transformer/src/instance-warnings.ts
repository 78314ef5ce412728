/**
 * What to tell about an instance that is fine and yet not what was meant, when it is saved.
 *
 * `handle_unknown` on an instance bound to a Route, Service or Consumer has no effect: the requests
 * it is about have none of them. Answers nothing for entities other than this plugin.
 *
 * @param entity the table, `plugins`
 * @param row as it is stored
 */
export function exitTransformerWarnings(
  entity: string,
  row: Readonly<Record<string, unknown>>,
): readonly string[] {
  if (entity !== 'plugins' || row.name !== 'exit-transformer') return []
  const { handle_unknown: handleUnknown } = (row.config ?? {}) as Readonly<Record<string, unknown>>
  const bound = ['route', 'service', 'consumer'].filter((scope) => isSet(row[scope]))
  if (handleUnknown !== true || bound.length === 0) return []
  return [
    `handle_unknown has no effect on a plugin with a ${bound.join(' and a ')}: ` +
      'only a global one sees requests that no Route takes',
  ]
}

function isSet(value: unknown): boolean {
  return value !== null && value !== undefined
}
