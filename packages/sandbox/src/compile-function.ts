import MagicString from 'magic-string'
import { escapeLookalikes } from './escape-lookalikes.ts'
import { insertCharges } from './insert-charges.ts'
import { type Language, type ParsedFunction, parseFunction } from './parse-function.ts'
import { createPositionMap, type Position, type PositionMap } from './position-map.ts'
import { type Mode, refuseForms } from './refuse-forms.ts'
import { canWait } from './can-wait.ts'
import { syntaxNames } from './syntax-names.ts'
import { wrapSource } from './wrap-source.ts'

export interface CompileOptions {
  readonly mode: Mode
  readonly language?: Language
}

/** A function's source made ready for the process that runs it. */
export interface CompiledFunction {
  /** An expression: a function that takes the meter and answers the user's function. */
  readonly code: string
  /** Whether promises can come up in it, so that a call is over only when they have run. */
  readonly waits: boolean
  /** The place in the user's source of a place in `code`. */
  originalPosition(place: Position): Position | undefined
}

/**
 * Compiles a function's source: refuses forbidden forms, inserts the charges of the meter.
 *
 * Lines stay lines; columns are mapped back when an error is told, which is seldom.
 *
 * @throws SourceRefused
 */
export function compileFunction(source: string, options: CompileOptions): CompiledFunction {
  const parsed = parseFunction(source, options.language)
  refuseForms(parsed, options.mode)
  const edited = editSource(parsed, options.mode)
  let map: PositionMap | undefined
  return {
    code: edited.toString(),
    waits: options.mode === 'on' || canWait(parsed.root.node),
    originalPosition(place) {
      map ??= createPositionMap(edited)
      return map(place)
    },
  }
}

function editSource(parsed: ParsedFunction, mode: Mode): MagicString {
  const edited = new MagicString(parsed.text)
  const names = syntaxNames(parsed.root.node)
  blankComments(edited, parsed)
  if (mode === 'sandbox') {
    insertCharges(edited, parsed, names)
    escapeLookalikes(edited, parsed)
  }
  wrapSource(edited, parsed, names)
  return edited
}

/** Comments go: they can hold text that SES takes for code, and `sourceURL` would rename frames. */
function blankComments(edited: MagicString, { text, comments }: ParsedFunction): void {
  for (const { start, end } of comments) {
    edited.overwrite(start, end, text.slice(start, end).replace(/[^\n\r\u2028\u2029]/g, ' '))
  }
}
