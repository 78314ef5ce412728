/** Cuts a stream of bytes into lines. */
export interface LineReader {
  /** The lines that are complete with these bytes. */
  push(bytes: Buffer): string[]
}

const NEWLINE = 10
// Kept: functions that got out of their sandbox find no Buffer.
const { concat, from: bytesOf } = Buffer

export function createLineReader(): LineReader {
  let open: Buffer[] = []
  return {
    push(bytes) {
      const lines: string[] = []
      let from = 0
      for (let at = bytes.indexOf(NEWLINE); at >= 0; at = bytes.indexOf(NEWLINE, from)) {
        const rest = bytes.subarray(from, at)
        lines.push((open.length === 0 ? rest : concat([...open, rest])).toString('utf8'))
        open = []
        from = at + 1
      }
      // Copied: the caller reads the next bytes into the same memory.
      if (from < bytes.length) open.push(bytesOf(bytes.subarray(from)))
      return lines
    },
  }
}
