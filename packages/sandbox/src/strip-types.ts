import { type MessagePort, MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { refuseAt, SourceRefused } from './source-problem.ts'

/**
 * Replaces the types of a TypeScript source by spaces, with `module.stripTypeScriptTypes`.
 *
 * That runs in a thread of ours, which the caller waits for: a source nested deep enough
 * (`!!!!…`) breaks the WebAssembly instance behind it for good, and with it every later use in the
 * thread, that of Node itself for `.ts` files included. The thread is replaced when that happens.
 *
 * @param shift how many characters of ours stand before the source in its first line
 * @throws SourceRefused for what is not TypeScript, and for what needs more than leaving types out
 */
export function stripTypes(text: string, source: string, shift: number): string {
  stripper ??= startStripper()
  const answer = ask(stripper, text)
  if (answer === undefined || answer.code === 'ERR_INTERNAL_ASSERTION') {
    void stripper.worker.terminate()
    stripper = undefined
    throw new SourceRefused({ line: 1, column: 1, message: 'the source is nested too deep' })
  }
  if (answer.text !== undefined) return answer.text
  const { message = '', stack = '' } = answer
  const place = placeOf(stack, source, shift)
  // What was not expected there is the bracket that we put behind the source.
  if (place === undefined) refuseAt(source, source.length, 'Unexpected end of the source')
  throw new SourceRefused({ ...place, message })
}

interface Stripper {
  readonly worker: Worker
  readonly port: MessagePort
  readonly signal: Int32Array
}

interface Answer {
  readonly text?: string
  readonly message?: string
  readonly stack?: string
  readonly code?: string
}

/** One for the process, started by the first source that is not JavaScript. */
let stripper: Stripper | undefined

/** Longest wait in ms, its start included. A source of the longest allowed size takes about 50. */
const STRIP_TIMEOUT_MS = 5_000

/** Told as text, so that it needs no file of its own beside the bundled package. */
const WORKER_SOURCE = `
  const { workerData: { port, signal } } = require('node:worker_threads')
  const { stripTypeScriptTypes } = require('node:module')
  process.emitWarning = () => {}
  port.on('message', (source) => {
    let answer
    try {
      answer = { text: stripTypeScriptTypes(source) }
    } catch (error) {
      answer = { message: error.message, stack: String(error.stack).slice(0, 100_000), code: error.code }
    }
    port.postMessage(answer)
    Atomics.store(signal, 0, 1)
    Atomics.notify(signal, 0)
  })
`

function startStripper(): Stripper {
  const { port1: port, port2 } = new MessageChannel()
  const signal = new Int32Array(new SharedArrayBuffer(4))
  const worker = new Worker(WORKER_SOURCE, {
    eval: true,
    execArgv: [],
    env: {},
    workerData: { port: port2, signal },
    transferList: [port2],
  })
  worker.unref()
  port.unref()
  return { worker, port, signal }
}

function ask({ port, signal }: Stripper, text: string): Answer | undefined {
  Atomics.store(signal, 0, 0)
  port.postMessage(text)
  Atomics.wait(signal, 0, 0, STRIP_TIMEOUT_MS)
  return receiveMessageOnPort(port)?.message as Answer | undefined
}

/**
 * Node puts the place only into the stack: `:LINE`, the line itself, and a row with carets. Undefined
 * behind the source.
 */
function placeOf(
  stack: string,
  source: string,
  shift: number,
): { readonly line: number; readonly column: number } | undefined {
  const rows = stack.split('\n')
  const line = Number(/:(\d+)$/.exec(rows[0] ?? '')?.[1] ?? 1)
  const carets = rows.slice(1, 9).find((row) => /^\s*\^+\s*$/.test(row))
  const column = (carets?.indexOf('^') ?? 0) + 1 - (line === 1 ? shift : 0)
  if (line > source.split('\n').length) return undefined
  return { line, column: Math.max(1, column) }
}
