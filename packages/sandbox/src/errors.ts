import { defineErrors, type PosternErrors } from '@postern/errors'

const table = {
  SYNTAX: (name: string, line: number, column: number, message: string) =>
    `${name}:${line}:${column}: ${message}`,
  TIMEOUT: (name: string, timeoutMs: number) =>
    `${name}: the function was ended at its deadline of ${timeoutMs} ms`,
  BUDGET: (name: string, what: string) => `${name}: the function used up its budget of ${what}`,
  KILLED: (name: string, reason: string) =>
    `${name}: the process that ran the function ended: ${reason}`,
  THREW: (place: string, thrown: string) => `${place}: ${thrown}`,
  RESULT: (name: string, problem: string) => `${name}: the answer is not JSON data: ${problem}`,
  ARGUMENTS: (name: string, problem: string) =>
    `${name}: the arguments cannot be sent as JSON: ${problem}`,
  SWITCHED_OFF: (name: string, forMs: number) =>
    `${name}: the function ended its process too often and is switched off for ${forMs} ms`,
  OVERLOADED: (name: string, limit: number) =>
    `${name}: ${limit} calls are waiting for the process that runs functions already`,
  START: (reason: string) => `the process that runs functions did not start: ${reason}`,
  CLOSED: () => 'the function host is closed',
}

/** The faults of functions nobody vouches for, and of the processes that run them. */
export const sandboxErrors: PosternErrors<typeof table> = defineErrors('POSTERN_SANDBOX', table)
