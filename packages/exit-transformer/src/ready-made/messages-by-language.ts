import type { ExitHeaders } from '@postern/pdk-response'
import type { ExitFunction, ExitFunctionHeaders } from '../exit-function.ts'
import { findValue } from '../exit-headers.ts'
import type { Answered } from './exit-values.ts'
import { isError } from './is-error.ts'
import { compileMessages, type MessageOptions } from './localize.ts'
import { negotiatedHeaders } from './negotiated-headers.ts'
import { escapeFor } from './template.ts'
import { messageNow, tellMessage } from './told-message.ts'

/**
 * Makes a function that tells errors in the language of the client, from a catalogue.
 *
 * The `message` of an object changes; in a text, which may be the HTML or XML form of the gateway, the
 * message changes where it stands, escaped for the type. Answers without a text in the catalogue,
 * those below 400 and those of gRPC are left as they are; those with a text for clients of another
 * language too, but for Vary.
 *
 * @throws POSTERN_EXIT_TRANSFORMER_READY_MADE_INVALID
 */
export function messagesByLanguage(options: MessageOptions): ExitFunction {
  const localize = compileMessages(options)
  return (status, body, headers, exit) => {
    if (!isError(status, headers)) return undefined
    const answered: Answered = { status, body, exit }
    const { said, byLanguage } = localize(answered)
    if (!byLanguage) return undefined
    const by = ['Accept-Language']
    // Without a text: would one of another language have had a place?
    const changed = withMessage(answered, headers, said?.text ?? '')
    if (changed === undefined) return undefined
    if (said === undefined) return { headers: negotiatedHeaders(headers, { by }) }
    tellMessage(exit, said.text)
    const told = { contentLanguage: said.language, by }
    return { body: changed, headers: negotiatedHeaders(headers, told) }
  }
}

function withMessage(
  { body, exit }: Answered,
  headers: ExitFunctionHeaders | undefined,
  message: string,
): unknown {
  if (body instanceof Uint8Array || Array.isArray(body)) return undefined
  if (typeof body === 'object' && body !== null) return { ...body, message }
  const before = messageNow(exit)
  if (typeof body !== 'string' || before === undefined || before === '') return undefined
  const escape = escapeOf(headers)
  const found = formsOf(escape(before)).find((form) => body.includes(form))
  if (found === undefined) return undefined
  const at = body.indexOf(found)
  return `${body.slice(0, at)}${escape(message)}${body.slice(at + found.length)}`
}

/** The gateway writes an apostrophe into HTML and XML as it is, and the templates of this folder do not. */
function formsOf(escaped: string): readonly string[] {
  return [escaped, escaped.replaceAll('&#39;', "'")]
}

function escapeOf(headers: ExitFunctionHeaders | undefined): (text: string) => string {
  const type = findValue(headers as ExitHeaders | undefined, 'content-type') ?? 'text/plain'
  const mediaType = (type.split(';', 1)[0] as string).trim().toLowerCase()
  return /^text\/|[/+](?:json|xml)$/.test(mediaType) ? escapeFor(mediaType) : (text) => text
}
