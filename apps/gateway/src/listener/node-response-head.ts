import { http1Errors } from '@postern/http1'

/** What an answer has to know of its request. */
export interface NodeAnswerTo {
  readonly isHead: boolean
  readonly httpVersion: string
  /** Whether the connection goes on after the answer, unless the answer says otherwise. */
  readonly keepsAlive: boolean
  /** Whether the client itself has said that the connection ends. */
  readonly isEndKnown: boolean
}

/** The head of an answer as node:http is to be given it. */
export interface NodeResponseHead {
  /** Name, value, name, value, with Connection and without Transfer-Encoding. */
  readonly headers: string[]
  /** Content-Length; `Infinity` where the body ends otherwise, or where there is none. */
  readonly length: number
  /** Only the end of the connection tells where the body ends. */
  readonly endsByClosing: boolean
  /** The connection ends, and node:http is not told so by Connection. */
  readonly closesUnsaid: boolean
}

/**
 * Decides what node:http would decide otherwise than the engine `postern` does.
 *
 * It takes Connection and Transfer-Encoding as they are given, and believes any Content-Length. Where it
 * adds Connection itself, Keep-Alive comes with it.
 *
 * @throws POSTERN_HTTP1_HEAD_INVALID for what would break the message
 */
export function nodeResponseHead(
  status: number,
  fields: readonly string[],
  answer: NodeAnswerTo,
): NodeResponseHead {
  if (status < 200) throw http1Errors.HEAD_INVALID('the final status', String(status))
  const headers: string[] = []
  let length = -1
  let connection = ''
  for (let i = 0; i < fields.length; i += 2) {
    const name = fields[i] as string
    const value = fields[i + 1] as string
    const role = roleOf(name)
    if (role === 'connection') connection = connection === '' ? value : `${connection}, ${value}`
    if (role === 'content-length') length = readLength(value, length)
    if (role === 'plain' || (role === 'content-length' && status !== 204)) headers.push(name, value)
  }
  const hasBody = !answer.isHead && status !== 204 && status !== 304
  const endsByClosing = hasBody && length < 0 && answer.httpVersion !== '1.1'
  const keepsAlive = answer.keepsAlive && !endsByClosing
  const said = connectionFor(connection, keepsAlive, answer.isEndKnown)
  headers.push('Connection', said)
  return {
    headers,
    length: hasBody && length >= 0 ? length : Number.POSITIVE_INFINITY,
    endsByClosing,
    closesUnsaid: !keepsAlive && !optionsOf(said).includes('close'),
  }
}

type Role = 'plain' | 'connection' | 'content-length' | 'transfer-encoding'

/** By their lengths first: most names need not be lower-cased. */
function roleOf(name: string): Role {
  if (name.length === 10 && name.toLowerCase() === 'connection') return 'connection'
  if (name.length === 14 && name.toLowerCase() === 'content-length') return 'content-length'
  if (name.length === 17 && name.toLowerCase() === 'transfer-encoding') return 'transfer-encoding'
  return 'plain'
}

function readLength(value: string, before: number): number {
  const length = /^[0-9]+$/.test(value) ? Number(value) : Number.POSITIVE_INFINITY
  if (length > Number.MAX_SAFE_INTEGER || before >= 0) {
    throw http1Errors.HEAD_INVALID('the value of Content-Length', value)
  }
  return length
}

/** Upgrade is kept, as a 426 has to name it; all else is about this connection, and ours to say. */
function connectionFor(given: string, keepsAlive: boolean, isEndKnown: boolean): string {
  const options = optionsOf(given)
  const closes = options.includes('close')
  if (!options.includes('upgrade')) return closes || !keepsAlive ? 'close' : 'keep-alive'
  return closes || keepsAlive || isEndKnown ? given : `${given}, close`
}

function optionsOf(connection: string): string[] {
  return connection.split(',').map((option) => option.trim().toLowerCase())
}
