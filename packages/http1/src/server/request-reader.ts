import type { FieldMemo } from '../wire/field-memo.ts'
import { HeadMemory } from '../wire/head-memory.ts'
import { HeadReader, IS_BROKEN } from '../wire/head-reader.ts'
import {
  parseRepeatedHead,
  parseRequestHead,
  type RequestChecks,
  type RequestHead,
} from '../wire/parse-request-head.ts'
import { Problem } from '../wire/problem.ts'
import type { ServerLimits } from './server-limits.ts'

/** Reads the heads of the requests of one connection, one after the other. */
export class RequestReader {
  /** What `push` has read when it answers an index, and why not when it answers IS_BROKEN. */
  head: RequestHead | Problem = NOT_READ
  /** The same object while the fields are repeated. */
  memo: FieldMemo = NO_MEMO
  readonly #limits: ServerLimits
  readonly #checks: RequestChecks
  readonly #heads: HeadReader
  readonly #memory = new HeadMemory()
  /** What the memory is of. */
  #before: RequestHead | undefined = undefined

  constructor(limits: ServerLimits, checks: RequestChecks) {
    this.#limits = limits
    this.#checks = checks
    this.#heads = new HeadReader({
      maxHeadBytes: limits.maxHeadBytes,
      maxTargetBytes: limits.maxTargetBytes,
      skipsEmptyLine: true,
    })
  }

  /** Whether a part of a head has arrived. */
  get hasBegun(): boolean {
    return this.#heads.hasBegun
  }

  /** Answers the index behind the head, NEEDS_MORE (all bytes were taken), or IS_BROKEN. */
  push(buffer: Buffer, from: number, to: number): number {
    const isFirstPiece = this.#heads.isEmpty
    if (isFirstPiece && this.#before !== undefined) {
      const end = this.#pushRepeated(this.#before, buffer, from, to)
      if (end >= 0) return end
    }
    const end = this.#heads.push(buffer, from, to)
    if (end < 0) {
      if (end === IS_BROKEN) this.head = this.#heads.problem as Problem
      return end
    }
    const head = parseRequestHead(this.#heads.head, this.#limits, this.#checks)
    this.head = head
    this.#before = undefined
    this.memo = { value: undefined }
    if (isFirstPiece && !(head instanceof Problem)) this.#keep(head, buffer, end)
    return end
  }

  /** Lets go of a head that the next one is not compared with: a connection may wait for long. */
  rest(): void {
    if (this.#before !== undefined) return
    this.head = NOT_READ
    this.memo = NO_MEMO
    this.#heads.head = ''
  }

  /** The same, or -1 where the head is not that of `before` but for the target. */
  #pushRepeated(before: RequestHead, buffer: Buffer, from: number, to: number): number {
    const { method } = before
    for (let i = 0; i < method.length; i++) {
      if (buffer[from + i] !== method.charCodeAt(i)) return -1
    }
    const afterMethod = from + method.length
    if (buffer[afterMethod] !== SPACE) return -1
    const mostAt = Math.min(to, from + MAX_LINE_BYTES)
    let at = afterMethod + 1
    while (at < mostAt && buffer[at] !== SPACE) at += 1
    const end = this.#memory.endOf(buffer, at, to)
    if (end < 0 || end - from > this.#limits.maxHeadBytes) return -1
    const start = buffer.toString('latin1', from, at)
    this.head = parseRepeatedHead(start, before, this.#limits, this.#checks)
    return end
  }

  #keep(head: RequestHead, buffer: Buffer, end: number): void {
    const { method, target } = head
    const versionAt =
      end - EMPTY_LINE_BYTES - this.#heads.head.length + method.length + 1 + target.length
    if (method === 'CONNECT' || !this.#memory.keep(buffer, versionAt, end)) return
    this.#before = head
  }
}

const SPACE = 32
const EMPTY_LINE_BYTES = 2

/** A longer line is read like one that is new. */
const MAX_LINE_BYTES = 2048

const NOT_READ = new Problem(400, 'no head was read')
/** Belongs to no head, so that nothing is kept in it. */
const NO_MEMO: FieldMemo = Object.freeze({ value: undefined })
