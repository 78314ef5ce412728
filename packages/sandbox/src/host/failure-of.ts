import type { Failure } from '../protocol.ts'
import { NotData } from './copy-data.ts'
import { describeThrown } from './describe-thrown.ts'

/** Why a call has no result, from what ended it. May run the function's code; never throws. */
export function failureOf(thrown: unknown): Failure {
  if (NotData.is(thrown)) return { kind: 'result', text: thrown.message }
  return describeThrown(thrown)
}
