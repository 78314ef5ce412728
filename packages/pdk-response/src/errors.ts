import { defineErrors, type PosternErrors } from '@postern/errors'

const table = {
  WRONG_PHASE: (problem: string): string => problem,
  HEADERS_SENT: () => 'headers have already been sent',
  STATUS_INVALID: (expected: string) => `code must be a number${expected}`,
  STATUS_NOT_FINAL: (status: number) =>
    `status ${status} is an interim status and cannot end a request, expected 200 to 599`,
  BODY_INVALID: (expected: string) => `body must be a ${expected}`,
  BODY_NOT_ENCODABLE: (reason: string) => `body encoding failed while flushing response: ${reason}`,
  MESSAGE_INVALID: () => 'message must be a nil, a string or a table',
  MESSAGE_NOT_ENCODABLE: (reason: string) => `could not JSON encode the error message: ${reason}`,
  HEADERS_INVALID: (expected: string) => `headers must be a ${expected}`,
  HEADER_NAME_INVALID: (problem: string): string => problem,
  HEADER_VALUE_INVALID: (where: string, got: string, expected: string) =>
    `invalid header value ${where}: got ${got}, expected ${expected}`,
  MAX_HEADERS_INVALID: (expected: string) => `max_headers must be ${expected}`,
  GRPC_TABLE_BODY: () => 'table body encoding with gRPC is not supported',
  STREAM_STATUS: () => 'unacceptable code, only 200, 400, 403, 500, 502 and 503 are accepted',
}

/** What the functions of `kong.response` throw. The messages are Kong's, word for word. */
export const pdkErrors: PosternErrors<typeof table> = defineErrors('POSTERN_PDK', table)
