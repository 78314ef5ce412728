import type { Entity } from '@postern/store'
import type { AdminApiOptions } from './options.ts'

/**
 * The header with what there is to tell about rows that were written, and what keeps them from being
 * served. The body stays as Kong's, so
 * that tools that compare it see no difference.
 */
export function warningHeader(
  { warnings }: Pick<AdminApiOptions, 'warnings'>,
  written: readonly { readonly entity: string; readonly row: Entity }[],
  problems: readonly string[] = [],
): Readonly<Record<string, string>> | undefined {
  const ofRows = written.flatMap(({ entity, row }) => warnings?.(entity, row) ?? [])
  const told = [...problems, ...ofRows]
  return told.length === 0
    ? undefined
    : { 'X-Postern-Warning': told.map(printable).join('; ').slice(0, MAX_LENGTH) }
}

/** Heads of more than 8 KiB are refused by many. */
const MAX_LENGTH = 4096

/** A header holds printable ASCII; a warning may quote what an operator wrote. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, '?')
}
