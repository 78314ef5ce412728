import { isStoreConflict } from '@postern/store'
import {
  foreignKeyInUse,
  foreignKeyMissing,
  primaryKeyViolation,
  type Refusal,
  refuse,
  uniqueViolation,
} from './refusal.ts'

/** What a failure of the store is answered with, or undefined when it is a fault of ours. */
export function refusalOfStore(error: unknown): Refusal | undefined {
  if ((error as { readonly code?: unknown } | null)?.code === 'POSTERN_STORE_LOCKED') {
    return refuse(503, 'The configuration is being written by another process')
  }
  if (!isStoreConflict(error)) return undefined
  switch (error.kind) {
    case 'primary':
      return primaryKeyViolation(error.fields)
    case 'unique':
      return uniqueViolation(error.fields)
    case 'foreign-missing':
      return foreignKeyMissing(error.fields, error.related ?? '')
    case 'foreign-in-use':
      return foreignKeyInUse(error.entity, error.related ?? '')
  }
}
