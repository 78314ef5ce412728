import type { ExitFunction } from '../exit-function.ts'
import { type Answered, messageOf, titleOf } from './exit-values.ts'
import { isError } from './is-error.ts'
import { compileMessages, type MessageOptions, NO_LOCALIZATION } from './localize.ts'
import { acceptedType } from './media-range.ts'
import { chosenBy, negotiatedHeaders } from './negotiated-headers.ts'
import { tellMessage } from './told-message.ts'

/** What `problemJson` can be told. */
export interface ProblemJsonOptions {
  /**
   * What the reason is put behind to make the URI of `type`, for example
   * `https://example.com/errors/`. `about:blank` stands alone. Default `urn:postern:exit:`.
   */
  readonly types?: string
  /** What the request id is put behind to make the URI of `instance`. Default `urn:request:`. */
  readonly instances?: string
  /** Texts of `detail` by language. Default: what the answer says. */
  readonly messages?: MessageOptions
}

/** A client that takes any of these can read a problem. The first is what is sent. */
const TYPES: readonly string[] = ['application/problem+json', 'application/json']

/**
 * Makes a function that tells every error as a problem of RFC 9457: `type`, `title`, `status`,
 * `detail`, `instance`.
 *
 * Left as they are: answers below 400, those of gRPC, and those to clients that take neither
 * `application/problem+json` nor `application/json`, but for Vary. Headers stay, WWW-Authenticate
 * among them.
 *
 * @throws POSTERN_EXIT_TRANSFORMER_READY_MADE_INVALID
 */
export function problemJson(options: ProblemJsonOptions = {}): ExitFunction {
  const { types = 'urn:postern:exit:', instances = 'urn:request:', messages } = options
  const localize = messages === undefined ? undefined : compileMessages(messages)
  return (status, body, headers, exit) => {
    if (!isError(status, headers)) return undefined
    if (acceptedType(exit.request.accept, TYPES) === undefined) {
      return { headers: negotiatedHeaders(headers, { by: ['Accept'] }) }
    }
    const answered: Answered = { status, body, exit }
    const localized = localize?.(answered) ?? NO_LOCALIZATION
    const { said } = localized
    if (said !== undefined) tellMessage(exit, said.text)
    return {
      body: {
        type: types === 'about:blank' ? types : `${types}${encodeURIComponent(exit.reason)}`,
        title: titleOf(status),
        status,
        detail: said?.text ?? messageOf(answered),
        ...(exit.requestId !== '' && { instance: `${instances}${exit.requestId}` }),
      },
      headers: negotiatedHeaders(headers, {
        contentType: 'application/problem+json',
        by: chosenBy(localized),
        ...(said !== undefined && { contentLanguage: said.language }),
      }),
    }
  }
}
