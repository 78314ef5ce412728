import type { CaseExit, CaseRow } from './function-case.ts'

/** What key-auth answers, as a table. */
export const NO_KEY: CaseExit = {
  status: 401,
  body: { message: 'No API key found in request' },
  headers: { 'WWW-Authenticate': 'Key' },
}

/** What the gateway answers when no Route matches: rendered text. */
export const NO_ROUTE: CaseExit = {
  status: 404,
  body: '{\n  "message":"no Route matched with those values",\n  "request_id":"cafe"\n}',
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
}

/** Neither body nor headers. */
export const BARE: CaseExit = { status: 404 }
/** Text with a type of its own. */
export const TEXT: CaseExit = {
  status: 403,
  body: 'Access Forbidden',
  headers: { 'Content-Type': 'text/plain' },
}
/** An empty body, which is not the same as none. */
const EMPTY_TEXT: CaseExit = { status: 403, body: '' }
/** JSON text of an empty array. */
export const EMPTY_ARRAY: CaseExit = { status: 500, body: '[]' }
/** A table without message. */
export const NO_MESSAGE: CaseExit = { status: 400, body: { error: 'x' } }

/** Exits that a function with a guard on `body.message` hands back. */
export const GUARDED: readonly CaseRow[] = [
  { title: 'neither body nor headers', exit: BARE, answer: 'unchanged' },
  { title: 'text', exit: TEXT, answer: 'unchanged' },
  { title: 'empty text', exit: EMPTY_TEXT, answer: 'unchanged' },
  { title: 'an empty array', exit: EMPTY_ARRAY, answer: 'unchanged' },
  { title: 'a body without message', exit: NO_MESSAGE, answer: 'unchanged' },
]
