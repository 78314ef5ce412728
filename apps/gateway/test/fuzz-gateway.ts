import net from 'node:net'
import {
  MutatedStreams,
  type ReadStream,
  type Recorder,
  referenceParse,
  startRecorder,
} from '@postern/conformance'
import { judge } from './fuzz-gateway-judge.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

/** What a run has seen. */
export interface GatewayFuzzCounts {
  streams: number
  /** Requests that have reached the Service. */
  served: number
  /** Streams by how they end, as the reference parser reads them. */
  refused: number
  partial: number
  done: number
}

/** Far more than the gateway takes for a stream that has ended. */
const BOUND_MS = 10_000

/** A gateway with one worker, and a strict recorder as its only Service. */
export class FuzzedGateway {
  readonly #recorder: Recorder
  readonly #program: RunningProgram
  readonly #port: number
  readonly #workers: readonly string[]

  private constructor(recorder: Recorder, program: RunningProgram, workers: readonly string[]) {
    this.#recorder = recorder
    this.#program = program
    this.#port = Number(new URL(program.proxy).port)
    this.#workers = workers
  }

  /** Starts both, with the engine `postern` unless another one is named. */
  static async start(engine = 'postern'): Promise<FuzzedGateway> {
    const recorder = await startRecorder()
    const program = await startProgram({ settings: { ...SETTINGS, http_engine: engine } })
    const url = `http://127.0.0.1:${recorder.port}`
    await add(program, '/services', { name: 'up', url, retries: 0 })
    await add(program, '/services/up/routes', { paths: ['/'], strip_path: false })
    return new FuzzedGateway(recorder, program, await workersOf(program))
  }

  /** @throws an Error where the gateway, or a worker of it, is not the one that was started */
  async stop(): Promise<void> {
    const workers = await workersOf(this.#program)
    await this.#program.stop()
    this.#program.cleanUp()
    await this.#recorder.close()
    if (workers.join() !== this.#workers.join()) {
      throw new Error(`worker ${this.#workers.join()} is ${workers.join()} by now`)
    }
  }

  /**
   * Sends streams, one after the other: as they are, and every third three times in a row, as clients
   * that repeat themselves do.
   *
   * @throws an Error that names seed, number and stream at the first disagreement with the reference
   *   parser, and where the gateway does not end a connection
   */
  async fuzz(seed: number, streams: number): Promise<GatewayFuzzCounts> {
    const made = new MutatedStreams(seed)
    const counts: GatewayFuzzCounts = { streams: 0, served: 0, refused: 0, partial: 0, done: 0 }
    for (let i = 0; i < streams; i++) {
      const one = made.next()
      const stream = i % 3 === 0 ? Buffer.concat([one, one, one]) : one
      const cuts = made.cuts(stream.length)
      const about = (): string =>
        `seed ${seed}, stream ${i}: ${JSON.stringify(stream.toString('latin1'))} cut at ${cuts.join()}`
      const { read, served } = await this.play(stream, { cuts, about })
      counts.streams += 1
      counts.served += served
      counts[read.end] += 1
    }
    return counts
  }

  /**
   * Sends one stream, and tells how the reference parser reads it and how many requests were served.
   *
   * @throws an Error at a disagreement with the reference parser
   */
  async play(
    stream: Buffer,
    { cuts, about }: Sending,
  ): Promise<{ readonly read: ReadStream; readonly served: number }> {
    const answers = await send(this.#port, stream, { cuts, about })
    const read = referenceParse(stream.toString('latin1'))
    const recording = this.#recorder.take()
    const problem = judge({ read, recording, answers })
    if (problem === undefined) return { read, served: recording.requests.length }
    throw new Error(`${about()}\n${problem}\n${JSON.stringify({ read, answers }, null, 1)}`)
  }

  /**
   * Sends streams at once, and leaves all connections open.
   *
   * @throws an Error where the gateway does not end one of them by itself
   */
  async leaveOpen(seed: number, streams: number): Promise<void> {
    const made = new MutatedStreams(seed)
    const ended = Array.from({ length: streams }, (_, i) => {
      const stream = made.next()
      const about = (): string =>
        `seed ${seed}, open stream ${i}: ${JSON.stringify(stream.toString('latin1'))}`
      return send(this.#port, stream, { cuts: [], about, staysOpen: true })
    })
    await Promise.all(ended)
    this.#recorder.take()
  }
}

/** Whoever sends nothing more is not waited for. */
const SETTINGS = {
  workers: '1',
  client_header_timeout: '1s',
  client_body_timeout: '1s',
  keepalive_timeout: '1s',
}

interface Sending {
  /** Where the stream is cut into pieces. */
  readonly cuts: readonly number[]
  readonly staysOpen?: boolean
  readonly about: () => string
}

/** Sends a stream and resolves with all that came until the gateway has closed the connection. */
function send(port: number, stream: Buffer, { cuts, about, staysOpen }: Sending): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect({ port, host: '127.0.0.1', allowHalfOpen: true, noDelay: true })
    let answers = ''
    const bound = setTimeout(() => {
      socket.destroy()
      reject(new Error(`${about()}\nnot ended after ${BOUND_MS} ms, with ${answers}`))
    }, BOUND_MS)
    socket.setEncoding('latin1').on('data', (text: string) => {
      answers += text
    })
    // A reset is an end as well.
    socket.on('error', () => {})
    socket.on('end', () => socket.end())
    socket.on('close', () => {
      clearTimeout(bound)
      resolve(answers)
    })
    const pieces = [...cuts, stream.length].map((cut, i) => stream.subarray(cuts[i - 1] ?? 0, cut))
    const sendNext = (): void => {
      const piece = pieces.shift()
      if (piece !== undefined) socket.write(piece, () => setImmediate(sendNext))
      else if (staysOpen !== true) socket.end()
    }
    socket.on('connect', sendNext)
  })
}

/** The processes that serve, in the order of their numbers. */
async function workersOf({ status }: RunningProgram): Promise<string[]> {
  const text = await (await fetch(`${status}/metrics`)).text()
  const pids = [...text.matchAll(/^postern_worker_heap_bytes\{.*pid="(\d+)"/gm)]
  return pids.map(([, pid]) => pid as string).toSorted()
}

async function add({ admin }: RunningProgram, target: string, entity: object): Promise<void> {
  const answer = await fetch(admin + target, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(entity),
  })
  if (answer.status !== 201) throw new Error(`${target}: ${await answer.text()}`)
}
