import type { ExitHeaders } from '@postern/pdk-response'
import type { ExitFunctionHeaders } from '../exit-function.ts'
import { findValue } from '../exit-headers.ts'

/** Whether an answer is an error with a body: not a redirect, and not gRPC, which has none. */
export function isError(status: number, headers: ExitFunctionHeaders | undefined): boolean {
  if (status < 400) return false
  const type = findValue(headers as ExitHeaders | undefined, 'content-type')
  return type?.toLowerCase().startsWith('application/grpc') !== true
}
