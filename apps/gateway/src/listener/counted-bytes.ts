import type { Socket } from 'node:net'

/** Bytes of a connection that have been counted for a request. */
export interface CountedBytes {
  readonly read: number
  readonly written: number
}

const NOTHING_COUNTED: CountedBytes = { read: 0, written: 0 }
const countedBytes = new WeakMap<Socket, CountedBytes>()

/** What was counted for the requests before: node:http counts bytes of a connection only. */
export function countedBefore(socket: Socket): CountedBytes {
  return countedBytes.get(socket) ?? NOTHING_COUNTED
}

/** Says how far the bytes of a connection have been counted. */
export function setCounted(socket: Socket, counted: CountedBytes): void {
  countedBytes.set(socket, counted)
}
