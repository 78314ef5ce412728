import { gatewayErrors } from './errors.ts'

/** Tells which key asked for an address that cannot be listened on. */
export function listenError(
  key: string,
  host: string,
  port: number,
  error: NodeJS.ErrnoException,
): Error {
  return error.code === 'EADDRINUSE'
    ? gatewayErrors.ADDRESS_IN_USE(key, host, port).causedBy(error)
    : gatewayErrors.ADDRESS_REFUSED(key, host, port, error.message).causedBy(error)
}
