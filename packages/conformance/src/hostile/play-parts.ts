import type net from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import type { HostilePart } from './hostile-case.ts'

/** Sends octets piece by piece, for as long as the other side is there. */
export async function playParts(socket: net.Socket, parts: readonly HostilePart[]): Promise<void> {
  for (const part of parts) {
    if (isGone(socket)) return
    if ('bytewise' in part) await playBytewise(socket, part)
    else if ('repeat' in part) await playRepeated(socket, part.repeat)
    else {
      if (part.b64 !== '') await write(socket, Buffer.from(part.b64, 'base64'))
      await pause(socket, part.wait_ms_after ?? 0)
    }
  }
}

async function playBytewise(
  socket: net.Socket,
  { bytewise, every_ms }: Extract<HostilePart, { readonly bytewise: string }>,
): Promise<void> {
  for (const octet of Buffer.from(bytewise, 'base64')) {
    if (isGone(socket)) return
    await write(socket, Buffer.from([octet]))
    await wait(every_ms)
  }
}

async function playRepeated(
  socket: net.Socket,
  { b64, times, every_ms = 0 }: Extract<HostilePart, { readonly repeat: object }>['repeat'],
): Promise<void> {
  const bytes = Buffer.from(b64, 'base64')
  for (let i = 0; i < times && !isGone(socket); i++) {
    await write(socket, bytes)
    if (every_ms > 0) await wait(every_ms)
  }
}

/** The other side has closed: what is sent now goes nowhere. */
function isGone(socket: net.Socket): boolean {
  return socket.destroyed || socket.readableEnded
}

/** Resolves when the system has taken the bytes, or will not. */
function write(socket: net.Socket, bytes: Buffer): Promise<void> {
  return new Promise((resolve) => {
    if (socket.destroyed || socket.writableEnded) return resolve()
    const late = setTimeout(resolve, MAX_WRITE_MS)
    socket.write(bytes, () => {
      clearTimeout(late)
      resolve()
    })
  })
}

/** A gateway that does not read must not hold up the case. */
const MAX_WRITE_MS = 3000

/** Waits, or until the other side has closed. */
async function pause(socket: net.Socket, ms: number): Promise<void> {
  for (const end = Date.now() + ms; Date.now() < end && !isGone(socket); ) await wait(20)
}
