import { Agent, request } from 'node:http'
import { parentPort, workerData } from 'node:worker_threads'

/** Between an answer and the next request, in ms. */
const PAUSE_MS = 2

const agent = new Agent({ keepAlive: true, maxSockets: 1 })
let longestMs = 0
let answered = 0
let failures: string[] = []
let sentAtMs: number | undefined

function ask(): void {
  const since = performance.now()
  sentAtMs = since
  const done = (failure?: string): void => {
    longestMs = Math.max(longestMs, performance.now() - since)
    sentAtMs = undefined
    answered += 1
    if (failure !== undefined) failures.push(failure)
    setTimeout(ask, PAUSE_MS)
  }
  const asked = request(workerData as string, { agent }, (answer) => {
    answer.resume()
    answer.on('end', () => done(answer.statusCode === 204 ? undefined : `${answer.statusCode}`))
  })
  asked.on('error', (error) => done(error.message))
  asked.end()
}

parentPort?.on('message', () => {
  const waitedMs = sentAtMs === undefined ? 0 : performance.now() - sentAtMs
  parentPort?.postMessage({ longestMs: Math.max(longestMs, waitedMs), answered, failures })
  longestMs = 0
  answered = 0
  failures = []
})
ask()
parentPort?.postMessage('ready')
