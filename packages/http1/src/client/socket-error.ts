import type { ClientFailureKind } from './client-request.ts'

/** Tells what an error of a socket means for the exchange that waits for it. */
export function kindOfError(error: Error, isConnected: boolean): ClientFailureKind {
  const code = codeOf(error)
  if (isConnected) return code === 'ETIMEDOUT' ? 'timeout' : 'reset'
  if (UNRESOLVED.has(code)) return 'dns'
  return code === 'ETIMEDOUT' ? 'connect-timeout' : 'connect'
}

/** The message of an error; of the first one where several addresses were tried. */
export function messageOf(error: Error): string {
  return error.message || firstOf(error)?.message || codeOf(error)
}

const UNRESOLVED: ReadonlySet<string> = new Set(['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL', 'ENODATA'])

function codeOf(error: Error): string {
  return 'code' in error && typeof error.code === 'string' ? error.code : ''
}

function firstOf(error: Error): Error | undefined {
  const first: unknown = error instanceof AggregateError ? error.errors[0] : undefined
  return first instanceof Error ? first : undefined
}
