import type { Entity } from '@postern/store'
import type { AdminApiOptions } from './options.ts'

/**
 * The header with what there is to tell about rows that were written. The body stays as Kong's, so
 * that tools that compare it see no difference.
 */
export function warningHeader(
  { warnings }: Pick<AdminApiOptions, 'warnings'>,
  written: readonly { readonly entity: string; readonly row: Entity }[],
): Readonly<Record<string, string>> | undefined {
  const told = written.flatMap(({ entity, row }) => warnings?.(entity, row) ?? [])
  return told.length === 0 ? undefined : { 'X-Postern-Warning': told.map(printable).join('; ') }
}

/** A header holds printable ASCII; a warning may quote what an operator wrote. */
function printable(text: string): string {
  return text.replace(/[^\x20-\x7e]+/g, '?')
}
