/** An exit that goes in: what `kong.response.exit` was given. */
export interface CaseExit {
  readonly status: number
  /** A string is handed to the exit as it is, also when it is JSON text. */
  readonly body?: string | object
  readonly headers?: Readonly<Record<string, string>>
}

/** What has to come out. */
export interface CaseAnswer {
  readonly status: number
  /** Decoded where it is JSON; null: no body. */
  readonly body: string | object | null
  /** All headers that the answer sets, but for Content-Type; null: none. */
  readonly headers: Readonly<Record<string, string>> | null
  /** What is told of the body, where it is not what the exit or JSON would have. */
  readonly contentType?: string
}

/** One exit through one function. */
export interface CaseRow {
  readonly title: string
  readonly exit: CaseExit
  /** Headers of the client's request. */
  readonly request?: Readonly<Record<string, string>>
  /** `unchanged`: the function leaves the exit as it is, or fails and is skipped. */
  readonly answer: CaseAnswer | 'unchanged'
  /** A part of the line that is logged when the function fails, in Lua. */
  readonly fails?: string
  /** Says why this row is for one of the languages only. */
  readonly only?: 'lua' | 'javascript'
}

/** A published function in both languages, and what it does. */
export interface FunctionCase {
  readonly name: string
  /** Which of the 17 published examples it is; public-examples.cases.ts tells what they are. */
  readonly example?: number
  readonly lua: string
  readonly javascript: string
  readonly rows: readonly CaseRow[]
}
