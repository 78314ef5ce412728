import type MagicString from 'magic-string'

/** A place in a source. Lines and columns count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
}

/** The place in the original of a place in the edited text, or undefined where there is none. */
export type PositionMap = (place: Position) => Position | undefined

/** Numbers of one segment of a row: column in the edited text, line and column in the original. */
const SEGMENT = 3

/**
 * Makes the map of an edited text.
 *
 * Takes some ms for a long source, so it is made when the first error is told and then kept, in
 * typed arrays: a function that throws at each call must cost its gateway neither time nor memory.
 */
export function createPositionMap(edited: MagicString): PositionMap {
  const rows = edited
    .generateDecodedMap({ hires: true })
    .mappings.map((segments) =>
      Int32Array.from(
        segments.flatMap(([column, , line = -1, original = -1]) => [column, line, original]),
      ),
    )
  return ({ line, column }) => positionIn(rows[line - 1], column - 1)
}

function positionIn(row: Int32Array | undefined, column: number): Position | undefined {
  if (row === undefined) return undefined
  const at = lastSegmentAt(row, column)
  const line = row[at + 1] ?? -1
  return line < 0 ? undefined : { line: line + 1, column: (row[at + 2] as number) + 1 }
}

/** The index of the last segment that begins at a column or before it; negative when none does. */
function lastSegmentAt(row: Int32Array, column: number): number {
  let low = 0
  let high = row.length / SEGMENT
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((row[middle * SEGMENT] as number) <= column) low = middle + 1
    else high = middle
  }
  return (low - 1) * SEGMENT
}
