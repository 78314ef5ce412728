import type { ExitFunctionHeaders } from '../exit-function.ts'
import { findName, without } from '../exit-headers.ts'
import type { ExitHeaders } from '@postern/pdk-response'

/** What is told of a body that was chosen by the request. */
export interface Negotiated {
  readonly contentType?: string
  readonly contentLanguage?: string
  /** The request headers it was chosen by. */
  readonly by: readonly string[]
}

/** What bodies of a media type are chosen by, with or without a text of a catalogue in them. */
export function chosenBy({ byLanguage }: { readonly byLanguage: boolean }): readonly string[] {
  return byLanguage ? ['Accept', 'Accept-Language'] : ['Accept']
}

/**
 * The headers with Content-Type and Content-Language as the new body has them, and with what the body
 * was chosen by in Vary: a cache must not hand a German page to everybody.
 */
export function negotiatedHeaders(
  headers: ExitFunctionHeaders | undefined,
  { contentType, contentLanguage, by }: Negotiated,
): ExitFunctionHeaders {
  const before = (headers ?? {}) as ExitHeaders
  const varyName = findName(before, 'vary')
  const vary = varyName === undefined ? [] : [before[varyName]].flat().map(String)
  const missing = by.filter((name) => !vary.some((text) => listHas(text, name)))
  const replaced = new Set([
    ...(contentType === undefined ? [] : ['content-type']),
    ...(contentLanguage === undefined ? [] : ['content-language']),
    'vary',
  ])
  return {
    ...without(before, replaced),
    ...(contentType !== undefined && { 'Content-Type': contentType }),
    ...(contentLanguage !== undefined && { 'Content-Language': contentLanguage }),
    Vary: [...vary, ...missing].join(', '),
  }
}

function listHas(list: string, name: string): boolean {
  const wanted = name.toLowerCase()
  return list.split(',').some((one) => one.trim() === '*' || one.trim().toLowerCase() === wanted)
}
