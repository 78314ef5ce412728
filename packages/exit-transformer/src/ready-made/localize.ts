import { exitTransformerErrors } from '../errors.ts'
import { type Answered, valuesOf } from './exit-values.ts'
import { lookUpLanguage } from './language-range.ts'
import { compileTemplate, type Template } from './template.ts'

/** Texts by language. */
export interface MessageOptions {
  /**
   * By language tag, and then by reason (`key-auth.no_key`), by status (`401`) or `*` for any other.
   * `{{message}}` and the other names of templates may stand in them.
   */
  readonly catalogue: Readonly<Record<string, Readonly<Record<string, string>>>>
  /** The language of clients that understand none of them. Default: the first of `catalogue`. */
  readonly default?: string
}

/** A text in the language of a client. */
interface Localized {
  readonly text: string
  readonly language: string
}

/** What a catalogue has for an answer. */
export interface Localization {
  /** Undefined where the language of the client has no text. */
  readonly said: Localized | undefined
  /** Whether any language has one: clients of different languages may be told different things. */
  readonly byLanguage: boolean
}

/** Finds the text of an answer. */
export type Localize = (answered: Answered) => Localization

/** For functions without a catalogue. */
export const NO_LOCALIZATION: Localization = { said: undefined, byLanguage: false }

interface Language {
  /** As it was written in the catalogue. */
  readonly tag: string
  readonly texts: ReadonlyMap<string, Template>
}

/**
 * Makes a catalogue ready. A language is looked up among those that have a text for the answer, so a
 * catalogue may be translated bit by bit.
 *
 * @throws POSTERN_EXIT_TRANSFORMER_READY_MADE_INVALID
 */
export function compileMessages(options: MessageOptions): Localize {
  // Absent where a program without types, or a configuration, names a default alone.
  const catalogue = (options as Partial<MessageOptions>).catalogue ?? {}
  const languages = compileCatalogue(catalogue)
  const fallback = (options.default ?? Object.keys(catalogue)[0] ?? '').toLowerCase()
  if (!languages.has(fallback)) {
    throw exitTransformerErrors.READY_MADE_INVALID(`catalogue has no language "${fallback}"`)
  }
  return (answered) => {
    const { status, exit } = answered
    const available = new Set<string>()
    for (const [tag, { texts }] of languages) {
      if (textFor(texts, exit.reason, status) !== undefined) available.add(tag)
    }
    if (available.size === 0) return NO_LOCALIZATION
    const tag = lookUpLanguage(exit.request.acceptLanguage, available) ?? fallback
    const language = languages.get(tag) as Language
    const template = textFor(language.texts, exit.reason, status)
    if (template === undefined) return { said: undefined, byLanguage: true }
    const said = { text: template(valuesOf(answered)), language: language.tag }
    return { said, byLanguage: true }
  }
}

function textFor(
  texts: ReadonlyMap<string, Template>,
  reason: string,
  status: number,
): Template | undefined {
  return texts.get(reason) ?? texts.get(String(status)) ?? texts.get('*')
}

/** RFC 5646 in outline: subtags of 1 to 8 letters and digits. */
const LANGUAGE_TAG = /^[a-z]{1,8}(?:-[a-z0-9]{1,8})*$/i

function compileCatalogue(catalogue: MessageOptions['catalogue']): ReadonlyMap<string, Language> {
  const entries = Object.entries(catalogue).map(([tag, texts]) => {
    if (!LANGUAGE_TAG.test(tag)) {
      throw exitTransformerErrors.READY_MADE_INVALID(`"${tag}" is no language tag`)
    }
    const compiled = Object.entries(texts).map(
      ([key, text]) => [key, compileTemplate(text, 'text/plain')] as const,
    )
    return [tag.toLowerCase(), { tag, texts: new Map(compiled) }] as const
  })
  return new Map(entries)
}
