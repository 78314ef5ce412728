/** Why a function failed, and where in its source. */
export interface TrialFailure {
  /** Has a page docs/errors/CODE.md; undefined for an answer that is nonsense. */
  readonly code: string | undefined
  readonly message: string
  /** Counted from 1; absent where nobody can tell. */
  readonly line?: number
  /** Counted from 1, in UTF-16 units; Lua tells no columns at run time. */
  readonly column?: number
}

/** Reads the place out of an error of an engine: `name:line:column: text`, or Lua's `name:line: text`. */
export function failureOf(error: unknown, name: string): TrialFailure {
  const message = messageOf(error)
  const code = codeOf(error)
  if (!message.startsWith(`${name}:`)) return { code, message }
  const rest = message.slice(name.length + 1)
  const placed = /^(\d+):(?:(\d+):)? ?([^]*)$/.exec(rest)
  if (placed === null) return { code, message: rest.trim() }
  const [, line, column, text = ''] = placed
  return {
    code,
    message: text,
    line: Number(line),
    ...(column !== undefined && { column: Number(column) }),
  }
}

/** What was thrown may be anything, also something that throws again when it is looked at. */
function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? error.message : String(error)
  } catch {
    return 'a value that cannot be shown'
  }
}

function codeOf(error: unknown): string | undefined {
  if (typeof error !== 'object' || error === null || !('code' in error)) return undefined
  return typeof error.code === 'string' ? error.code : undefined
}
