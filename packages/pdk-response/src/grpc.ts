import type { HeaderList } from './header-list.ts'

/** Whether a Content-Type is one of gRPC's. */
export function isGrpcType(contentType: string | undefined): boolean {
  return contentType?.startsWith('application/grpc') === true
}

/** Whether a request is gRPC: by its type, and only over HTTP/2. */
export function isGrpcRequest(request: {
  readonly httpVersion: number
  readonly headers: HeaderList
}): boolean {
  return request.httpVersion === 2 && isGrpcType(request.headers.get('content-type'))
}

/** The grpc-status that stands for an HTTP status. */
export function grpcStatusOf(status: number): number {
  return GRPC_OF_HTTP.get(status) ?? GRPC_OF_HUNDRED.get(Math.trunc(status / 100)) ?? UNKNOWN
}

/** The name of a grpc-status, which Kong sends as grpc-message where there is no other. */
export function grpcStatusName(grpcStatus: number): string {
  return GRPC_NAMES.get(grpcStatus) ?? 'Unknown'
}

/** A text as it may stand in grpc-message: percent-encoded outside printable ASCII (gRPC over HTTP/2). */
export function grpcMessage(text: string): string {
  return text.replace(/[^\x20-\x24\x26-\x7e]+/g, (found) =>
    Buffer.from(found, 'utf8').toString('hex').toUpperCase().replace(/../g, '%$&'),
  )
}

const UNKNOWN = 2

const GRPC_OF_HTTP = new Map<number, number>([
  [400, 3],
  [401, 16],
  [403, 7],
  [404, 5],
  [409, 6],
  [429, 8],
  [499, 1],
  [500, 13],
  [501, 12],
  [503, 14],
  [504, 4],
])

const GRPC_OF_HUNDRED = new Map<number, number>([
  [2, 0],
  [4, 3],
  [5, 13],
])

const GRPC_NAMES = new Map<number, string>([
  [0, 'OK'],
  [1, 'Canceled'],
  [2, 'Unknown'],
  [3, 'InvalidArgument'],
  [4, 'DeadlineExceeded'],
  [5, 'NotFound'],
  [6, 'AlreadyExists'],
  [7, 'PermissionDenied'],
  [8, 'ResourceExhausted'],
  [9, 'FailedPrecondition'],
  [10, 'Aborted'],
  [11, 'OutOfRange'],
  [12, 'Unimplemented'],
  [13, 'Internal'],
  [14, 'Unavailable'],
  [15, 'DataLoss'],
  [16, 'Unauthenticated'],
])
