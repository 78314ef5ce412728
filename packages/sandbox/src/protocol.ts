import type { Endowment } from './endowments.ts'
import type { Mode } from './refuse-forms.ts'

/**
 * What the two processes say to each other over one socket, as lines of JSON.
 *
 * The gateway's side believes nothing it reads: `parseReply` checks the shape, and whoever calls it
 * checks that the reply answers the call that is due.
 */

/** What the process is started with, as JSON in its last argument. */
export interface HostSettings {
  readonly mode: Mode
  /** URL of the trusted module that makes endowments. */
  readonly prelude: string | undefined
  /** Globals beside the language, in mode `sandbox`. */
  readonly endowments: readonly Endowment[]
  /** Heap that one call may come to hold, in bytes. */
  readonly memoryBytes: number
}

export type Request =
  /** Tells a function's code; it is evaluated by its first call, within the deadline of that. */
  | DefineRequest
  /** Tells a module's code, before the first function that can come to evaluate it. */
  | ({ readonly t: 'module'; readonly m: number } & ModuleCode)
  | { readonly t: 'forget'; readonly f: number }
  /** Processes to end when the gateway is gone: one of them may be busy and not notice. */
  | { readonly t: 'kin'; readonly pids: readonly number[] }
  | CallRequest

/** A function's code. */
export interface DefineRequest {
  readonly t: 'define'
  readonly f: number
  readonly code: string
  readonly waits: boolean
  /** The modules that it can come to evaluate: what its code calls them, and which they are. */
  readonly modules: readonly (readonly [index: number, module: number])[]
  /** The names that its `require` knows, each with a module; absent where it has none. */
  readonly requires?: Requires | undefined
}

/** What a process knows of a module. */
export interface ModuleCode {
  readonly name: string
  readonly code: string
  readonly isCommonJs: boolean
  readonly requires: Requires
}

type Requires = readonly (readonly [name: string, index: number])[]

export interface CallRequest {
  readonly t: 'call'
  readonly i: number
  readonly f: number
  /** Milliseconds. */
  readonly ms: number
  /** Turns of loops, entries of functions, values scanned. */
  readonly steps: number
  readonly args: readonly unknown[]
  /** Which arguments are undefined: JSON can only say null. */
  readonly u: readonly number[]
  readonly context: unknown
}

export type Reply =
  | { readonly k: 'ready' }
  /** In mode `on`, where several calls are under way: this one has begun. */
  | { readonly k: 'began'; readonly i: number }
  | {
      readonly k: 'ok'
      readonly i: number
      readonly r?: unknown
      readonly e?: unknown
      readonly l?: LogLines
    }
  | { readonly k: 'failed'; readonly i: number; readonly why: Failure; readonly l?: LogLines }

/** Level and text of what a function wrote to its console. */
export type LogLines = readonly (readonly [level: string, text: string])[]

/** Why a call has no result. */
export type Failure =
  | {
      readonly kind: 'threw'
      readonly text: string
      readonly at?: readonly [line: number, column: number]
      /** Where it was thrown in a module, which `at` had called. */
      readonly in?: readonly [index: number, line: number, column: number]
    }
  | { readonly kind: 'result'; readonly text: string }
  | { readonly kind: 'timeout' | 'steps' | 'memory' }

/** Longest line in either direction, in bytes. */
export const MAX_LINE_BYTES: number = 16 * 1024 * 1024

/** Most lines of a console that one call may write, and the longest text of one. */
export const MAX_LOG_LINES = 20
export const MAX_LOG_TEXT = 1_000

/** Longest text about something thrown. */
export const MAX_ERROR_TEXT = 500

/** Answers undefined for what no honest process would say. */
export function parseReply(line: string): Reply | undefined {
  let said: unknown
  try {
    said = JSON.parse(line)
  } catch {
    // Not JSON: whoever speaks there is not our program any more.
    return undefined
  }
  return isReply(said) ? said : undefined
}

function isReply(said: unknown): said is Reply {
  if (!isRecord(said)) return false
  if (said['k'] === 'ready') return true
  if (!Number.isSafeInteger(said['i']) || !isLog(said['l'])) return false
  return (
    said['k'] === 'ok' ||
    said['k'] === 'began' ||
    (said['k'] === 'failed' && isFailure(said['why']))
  )
}

function isLog(said: unknown): boolean {
  if (said === undefined) return true
  if (!Array.isArray(said) || said.length > MAX_LOG_LINES) return false
  return said.every(
    (line) => Array.isArray(line) && isText(line[0], 8) && isText(line[1], MAX_LOG_TEXT),
  )
}

function isFailure(said: unknown): boolean {
  if (!isRecord(said)) return false
  switch (said['kind']) {
    case 'timeout':
    case 'steps':
    case 'memory':
      return true
    case 'result':
      return isText(said['text'], MAX_ERROR_TEXT)
    case 'threw':
      return isThrown(said)
    default:
      return false
  }
}

function isThrown(said: Record<string, unknown>): boolean {
  return isText(said['text'], MAX_ERROR_TEXT) && isPlace(said['at'], 2) && isPlace(said['in'], 3)
}

function isPlace(said: unknown, numbers: number): boolean {
  if (said === undefined) return true
  if (!Array.isArray(said) || said.length !== numbers) return false
  return said.every((n) => Number.isSafeInteger(n))
}

function isText(said: unknown, longest: number): boolean {
  return typeof said === 'string' && said.length <= longest
}

function isRecord(said: unknown): said is Record<string, unknown> {
  return typeof said === 'object' && said !== null && !Array.isArray(said)
}
