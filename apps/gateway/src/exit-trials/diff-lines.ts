/** A line of a comparison. */
export interface DiffLine {
  readonly side: 'both' | 'expected' | 'got'
  readonly text: string
}

/** Texts with more lines are told as a whole: comparing takes the product of their lengths. */
const MAX_LINES = 500

/** Compares texts line by line: the fewest lines that are on one side only. */
export function diffLines(expected: string, got: string): readonly DiffLine[] {
  const left = expected.split('\n')
  const right = got.split('\n')
  if (left.length > MAX_LINES || right.length > MAX_LINES) {
    return [...left.map(onlyExpected), ...right.map(onlyGot)]
  }
  const common = longestCommon(left, right)
  const lines: DiffLine[] = []
  let i = 0
  let j = 0
  while (i < left.length || j < right.length) {
    if (i < left.length && j < right.length && left[i] === right[j]) {
      lines.push({ side: 'both', text: left[i++] as string })
      j++
    } else if (
      j >= right.length ||
      (i < left.length && at(common, i + 1, j) >= at(common, i, j + 1))
    ) {
      lines.push(onlyExpected(left[i++] as string))
    } else {
      lines.push(onlyGot(right[j++] as string))
    }
  }
  return lines
}

/** For each pair of places the number of lines that the rests have in common, in order. */
function longestCommon(left: readonly string[], right: readonly string[]): number[][] {
  const common = Array.from({ length: left.length + 1 }, () =>
    Array.from({ length: right.length + 1 }, () => 0),
  )
  for (let i = left.length - 1; i >= 0; i--) {
    const row = common[i] as number[]
    for (let j = right.length - 1; j >= 0; j--) {
      row[j] =
        left[i] === right[j]
          ? at(common, i + 1, j + 1) + 1
          : Math.max(at(common, i + 1, j), at(common, i, j + 1))
    }
  }
  return common
}

function at(common: readonly (readonly number[])[], i: number, j: number): number {
  return common[i]?.[j] ?? 0
}

function onlyExpected(text: string): DiffLine {
  return { side: 'expected', text }
}

function onlyGot(text: string): DiffLine {
  return { side: 'got', text }
}
