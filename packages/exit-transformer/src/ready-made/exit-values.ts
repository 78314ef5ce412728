import { STATUS_CODES } from 'node:http'
import type { ExitFunctionContext } from '../exit-function.ts'
import type { TemplateValues } from './template.ts'
import { messageNow } from './told-message.ts'

/** An answer as a function is given it. */
export interface Answered {
  readonly status: number
  readonly body: unknown
  readonly exit: ExitFunctionContext
}

/** What templates can fill in, read from an answer and its request. */
export function valuesOf(
  answered: Answered,
  message: string = messageOf(answered),
): TemplateValues {
  const { status, exit } = answered
  const { method, host, path } = exit.request
  return {
    status: String(status),
    title: titleOf(status),
    message,
    reason: exit.reason,
    request_id: exit.requestId,
    method,
    host,
    path,
  }
}

/**
 * What an answer says: the `message` of its body, what a function before has told, its own, or the
 * phrase of its status.
 */
export function messageOf({ status, body, exit }: Answered): string {
  if (typeof body === 'object' && body !== null && 'message' in body) {
    if (typeof body.message === 'string') return body.message
  }
  return messageNow(exit) ?? titleOf(status)
}

/** The phrase that HTTP has for a status. */
export function titleOf(status: number): string {
  return STATUS_CODES[status] ?? 'Error'
}
