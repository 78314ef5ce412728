import { exitTransformerErrors } from '../errors.ts'
import type { ExitFunction } from '../exit-function.ts'
import { valuesOf } from './exit-values.ts'
import { isError } from './is-error.ts'
import { compileMessages, type MessageOptions, NO_LOCALIZATION } from './localize.ts'
import { acceptedType } from './media-range.ts'
import { chosenBy, negotiatedHeaders } from './negotiated-headers.ts'
import { compileTemplate } from './template.ts'
import { tellMessage } from './told-message.ts'

/** What `bodiesByType` can be told. */
export interface BodiesByTypeOptions {
  /**
   * Texts by media type, the best liked first; that one goes out where a client takes none of them.
   * `{{name}}` is filled in and escaped for the type, `{{{name}}}` as it is. Names: status, title,
   * message, reason, request_id, method, host, path. Default: JSON, HTML, XML and plain text.
   */
  readonly templates?: Readonly<Record<string, string>>
  /** Texts of `{{message}}` by language. Default: what the answer says. */
  readonly messages?: MessageOptions
}

/** The templates that are there without being told. */
export const DEFAULT_BODIES: Readonly<Record<string, string>> = {
  'application/json':
    '{"status":{{status}},"message":"{{message}}","reason":"{{reason}}","request_id":"{{request_id}}"}',
  'text/html': `<!doctype html>
<html>
<head><meta charset="utf-8"><title>{{status}} {{title}}</title></head>
<body><h1>{{title}}</h1><p>{{message}}</p><p>Request {{request_id}}</p></body>
</html>
`,
  'application/xml': `<?xml version="1.0" encoding="UTF-8"?>
<error><status>{{status}}</status><message>{{message}}</message><request_id>{{request_id}}</request_id></error>
`,
  'text/plain': '{{status}} {{title}}: {{message}}\nRequest {{request_id}}\n',
}

/**
 * Makes a function that writes the body of every error in the media type that the client likes best,
 * from templates. Values are escaped for the type.
 *
 * Answers below 400 and those of gRPC are left as they are.
 *
 * @throws POSTERN_EXIT_TRANSFORMER_READY_MADE_INVALID
 */
export function bodiesByType(options: BodiesByTypeOptions = {}): ExitFunction {
  const { templates = DEFAULT_BODIES, messages } = options
  const localize = messages === undefined ? undefined : compileMessages(messages)
  const bodies = Object.entries(templates).map(([type, text]) => {
    const mediaType = mediaTypeOf(type)
    return [mediaType, compileTemplate(text, mediaType)] as const
  })
  const [first] = bodies
  if (first === undefined) throw exitTransformerErrors.READY_MADE_INVALID('templates are empty')
  const templateByType = new Map(bodies)
  const types = [...templateByType.keys()]
  return (status, body, headers, exit) => {
    if (!isError(status, headers)) return undefined
    const answered = { status, body, exit }
    const type = acceptedType(exit.request.accept, types) ?? first[0]
    const template = templateByType.get(type) ?? first[1]
    const localized = localize?.(answered) ?? NO_LOCALIZATION
    const { said } = localized
    if (said !== undefined) tellMessage(exit, said.text)
    return {
      body: template(valuesOf(answered, said?.text)),
      headers: negotiatedHeaders(headers, {
        contentType: `${type}; charset=utf-8`,
        by: chosenBy(localized),
        ...(said !== undefined && { contentLanguage: said.language }),
      }),
    }
  }
}

const MEDIA_TYPE = /^[a-z0-9!#$&^_.+-]+\/[a-z0-9!#$&^_.+-]+$/

function mediaTypeOf(text: string): string {
  const type = text.trim().toLowerCase()
  if (MEDIA_TYPE.test(type)) return type
  throw exitTransformerErrors.READY_MADE_INVALID(
    `${JSON.stringify(text)} is no media type without parameters`,
  )
}
