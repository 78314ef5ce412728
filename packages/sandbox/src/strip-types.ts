import { type MessagePort, MessageChannel, receiveMessageOnPort, Worker } from 'node:worker_threads'
import { refuseAt, SourceRefused } from './source-problem.ts'

/**
 * Replaces the types of a TypeScript source by spaces, with `module.stripTypeScriptTypes`.
 *
 * That runs in a thread of ours, which the caller waits for: a source nested deep enough
 * (`!!!!…`) breaks the WebAssembly instance behind it for good, and with it every later use in the
 * thread, that of Node itself for `.ts` files included; and each of many mistakes in one line takes
 * as long as the line. The thread is replaced when either happens.
 *
 * @param shift how many characters of ours stand before the source in its first line
 * @throws SourceRefused for what is not TypeScript, for what needs more than leaving types out, and
 *   for what takes too much time of a processor: 100 ms, and 1 ms for each 1,024 characters
 */
export function stripTypes(text: string, source: string, shift: number): string {
  if (source === tooLong?.source && performance.now() < tooLong.untilMs) refuseTooLong()
  stripper ??= startStripper()
  const answer = ask(stripper, text)
  if (answer === undefined || answer.code === 'ERR_INTERNAL_ASSERTION') {
    void stripper.worker.terminate()
    stripper = undefined
    if (answer !== undefined) refuseAt(source, 0, 'the source is nested too deep')
    tooLong = { source, untilMs: performance.now() + REMEMBERED_MS }
    refuseTooLong()
  }
  if (answer.text !== undefined) return answer.text
  const { message = '' } = answer
  const place = placeOf(answer, source, shift)
  // What was not expected there is the bracket that we put behind the source.
  if (place === undefined) refuseAt(source, source.length, 'Unexpected end of the source')
  throw new SourceRefused({ ...place, message }, { isTypeScript: answer.code === UNSUPPORTED })
}

/** The code of what is TypeScript as far as it was read, which is to its end. */
const UNSUPPORTED = 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX'

/** Only mistakes of TypeScript take long: what is something else ends at the first of them. */
function refuseTooLong(): never {
  const message = 'the source takes too long to be read as TypeScript'
  throw new SourceRefused({ line: 1, column: 1, message }, { isTypeScript: true })
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

/**
 * What took too long. A source is asked about more than once while it is saved, and should be waited
 * for once; but it is tried again soon, should the machine have been busy.
 */
let tooLong: { readonly source: string; readonly untilMs: number } | undefined

const REMEMBERED_MS = 1_000

/**
 * Longest wait, in ms of the time that processors spend on this process: a thread that gets little
 * of them is waited for longer. Sources of 65,536 and 262,144 characters take about 20 and 70.
 */
const maxCpuMs = ({ length }: string): number => 100 + length / 1_024

/** How often that time is looked at, in ms. */
const LOOK_EVERY_MS = 20

/** Longest wait for a thread that gets no time at all, or ended by itself, in ms. */
const MAX_WAIT_MS = 2_000

/** Longest wait for a thread to start, in ms. It takes about 60, whatever the source. */
const MAX_START_MS = 5_000

/** What stands where in the memory that is shared with the thread. */
const [STARTED, ANSWERED] = [0, 1]

/** Told as text, so that it needs no file of its own beside the bundled package. */
const WORKER_SOURCE = `
  const { workerData: { port, signal } } = require('node:worker_threads')
  const { stripTypeScriptTypes } = require('node:module')
  process.emitWarning = () => {}
  const tell = (index) => {
    Atomics.store(signal, index, 1)
    Atomics.notify(signal, index)
  }
  stripTypeScriptTypes('')
  tell(${STARTED})
  port.on('message', (source) => {
    let answer
    try {
      answer = { text: stripTypeScriptTypes(source) }
    } catch (error) {
      answer = { message: error.message, stack: String(error.stack).slice(0, 600_000), code: error.code }
    }
    port.postMessage(answer)
    tell(${ANSWERED})
  })
`

function startStripper(): Stripper {
  const { port1: port, port2 } = new MessageChannel()
  const signal = new Int32Array(new SharedArrayBuffer(8))
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

/** Undefined where no answer came in time. */
function ask({ port, signal }: Stripper, text: string): Answer | undefined {
  Atomics.wait(signal, STARTED, 0, MAX_START_MS)
  Atomics.store(signal, ANSWERED, 0)
  port.postMessage(text)
  const spentBefore = process.cpuUsage()
  const lastMs = performance.now() + MAX_WAIT_MS
  while (Atomics.wait(signal, ANSWERED, 0, LOOK_EVERY_MS) === 'timed-out') {
    const { user, system } = process.cpuUsage(spentBefore)
    const spentMs = (user + system) / 1_000
    if (spentMs > maxCpuMs(text) || performance.now() > lastMs) return undefined
  }
  return receiveMessageOnPort(port)?.message as Answer | undefined
}

/**
 * Node puts the place only into the stack: `:LINE`, the line itself, and a row with carets, or none
 * where the place has several lines. Undefined behind the source.
 */
function placeOf(
  { stack = '', message = '' }: Answer,
  source: string,
  shift: number,
): { readonly line: number; readonly column: number } | undefined {
  const rows = stack.split('\n')
  const line = Number(/:(\d+)$/.exec(rows[0] ?? '')?.[1] ?? 1)
  const text = source.split('\n')[line - 1]
  if (text === undefined) return undefined
  const carets = rows.slice(1, 9).find((row) => /^\s*\^+\s*$/.test(row))
  if (carets === undefined) return { line, column: columnOfForm(text, message) }
  return { line, column: columnShown(text, carets.indexOf('^'), line === 1 ? shift : 0) }
}

/** The column of a form that ends in a later line, by its name: `TypeScript enum is not …`. */
function columnOfForm(text: string, message: string): number {
  const [, name = ''] = /^TypeScript (\w+) /.exec(message) ?? []
  const start = text.search(name === '' ? /\S/ : new RegExp(String.raw`\b${name}\b`))
  return Math.max(0, start) + 1
}

/** Node shows a tab as spaces up to the next fourth column. */
function columnShown(text: string, shown: number, shift: number): number {
  let [column, width] = [1, shift]
  while (width < shown) {
    width += text[column - 1] === '\t' ? 4 - (width % 4) : 1
    column++
  }
  return column
}
