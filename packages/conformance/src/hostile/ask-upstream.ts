import type net from 'node:net'
import { setTimeout as wait } from 'node:timers/promises'
import { openSocket } from './canaries.ts'
import type { HostileResponseCase } from './hostile-case.ts'
import { parseResponses, type SeenResponses } from './strict-responses.ts'

/** What a client got of a case. */
export interface Got extends SeenResponses {
  readonly bytes: Buffer
  readonly ended: boolean
  readonly ms: number
  /** The connection, for what is asked on it next. */
  readonly socket: net.Socket
}

/** After an answer nothing else may come: so long is looked for it. */
const QUIET_MS = 70
const ANSWER_MS = 9000
const CHUNK = Buffer.alloc(65_536, 'a')

/** Sends the request of a case and waits for the answer, or until the time is up. */
export async function askUpstream(one: HostileResponseCase, port: number): Promise<Got> {
  const socket = await openSocket(port)
  const startedAt = Date.now()
  const isHead = one.method === 'HEAD'
  const chunks: Buffer[] = []
  let ended = false
  let lastAt = startedAt
  socket.on('data', (chunk) => {
    chunks.push(chunk)
    lastAt = Date.now()
  })
  socket.on('end', () => {
    ended = true
  })
  socket.on('close', () => {
    ended = true
  })
  socket.write(requestOf(one))
  if (one.client === 'post-10MiB') void upload(socket, () => ended)
  if (one.client === 'pause-3s') {
    socket.pause()
    await wait(3000)
    socket.resume()
  }
  const limitMs = one.expect.within_ms === undefined ? ANSWER_MS : one.expect.within_ms + 1500
  const leaves = one.client === 'leave-after-1s'
  const read = (): SeenResponses => parseResponses(Buffer.concat(chunks), { ended, isHead })
  const untilMs = leaves ? 1000 : limitMs + (one.client === 'pause-3s' ? 6000 : 0)
  while (!ended && Date.now() - startedAt < untilMs) {
    await wait(10)
    if (leaves || Date.now() - lastAt < QUIET_MS) continue
    const { finals, bad } = read()
    if (bad !== undefined || finals.at(-1)?.isWhole === true) break
  }
  // What the end of the connection leaves behind is there one turn later.
  await wait(5)
  if (leaves) socket.destroy()
  return { ...read(), bytes: Buffer.concat(chunks), ended, ms: Date.now() - startedAt, socket }
}

function requestOf({ id, client, method = 'GET', request_b64 }: HostileResponseCase): Buffer {
  if (request_b64 !== undefined) return Buffer.from(request_b64, 'base64')
  const posts = client === 'post-10MiB' || client === 'repeat-200-post'
  const length = client === 'post-10MiB' ? 160 * CHUNK.length : 1
  const body = client === 'repeat-200-post' ? 'x' : ''
  return Buffer.from(
    `${posts ? 'POST' : method} /u/${id} HTTP/1.1\r\nHost: plain.test\r\n` +
      `${posts ? `Content-Length: ${length}\r\n` : ''}\r\n${body}`,
  )
}

async function upload(socket: net.Socket, isOver: () => boolean): Promise<void> {
  for (let i = 0; i < 160 && !isOver() && !socket.destroyed; i++) {
    if (socket.write(CHUNK)) continue
    await Promise.race([new Promise((resolve) => socket.once('drain', resolve)), wait(500)])
  }
}
