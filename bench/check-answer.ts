import http from 'node:http'
import https from 'node:https'
import { type BenchRequest, USUAL_HEADERS } from './http-request.ts'

/**
 * Sends the request once and looks at the answer, before anything is timed.
 *
 * @throws when status or length are not what was asked for
 */
export async function checkAnswer(origin: string, request: BenchRequest): Promise<void> {
  const { method, paths, headers, bodyBytes = 0, status, answerBytes } = request
  const answer = await new Promise<{ status: number | undefined; bytes: number }>(
    (resolve, reject) => {
      const client = origin.startsWith('https:') ? https : http
      const req = client.request(`${origin}${paths.at(-1)}`, {
        method,
        headers: { ...USUAL_HEADERS, ...headers },
        agent: false,
        // The certificate was made a moment ago, by us.
        ...(client === https && { rejectUnauthorized: false }),
      })
      req.once('error', reject)
      req.once('response', (res) => {
        let bytes = 0
        res.on('data', (chunk: Buffer) => {
          bytes += chunk.length
        })
        res.once('end', () => resolve({ status: res.statusCode, bytes }))
        res.once('error', reject)
      })
      req.end(Buffer.alloc(bodyBytes, 'x'))
    },
  )
  if (answer.status !== status || (answerBytes ?? answer.bytes) !== answer.bytes) {
    throw new Error(
      `${method} ${paths.at(-1)} is answered with ${answer.status} and ${answer.bytes} bytes, ` +
        `expected ${status} and ${answerBytes ?? 'some'}`,
    )
  }
}
