import MagicString from 'magic-string'
import { escapeLookalikes } from './escape-lookalikes.ts'
import { insertCharges } from './insert-charges.ts'
import { type Language, type ParsedFunction, parseFunction } from './parse-function.ts'
import { type Mode, refuseForms } from './refuse-forms.ts'
import { canWait } from './can-wait.ts'
import { unusedName } from './unused-name.ts'
import { wrapSource } from './wrap-source.ts'

export interface CompileOptions {
  readonly mode: Mode
  readonly language?: Language
}

/** A place in a source. Lines and columns count from 1. */
export interface Position {
  readonly line: number
  readonly column: number
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
  return {
    code: edited.toString(),
    waits: options.mode === 'on' || canWait(parsed.root.node),
    originalPosition: (place) => originalPosition(editSource(parsed, options.mode), place),
  }
}

function editSource(parsed: ParsedFunction, mode: Mode): MagicString {
  const edited = new MagicString(parsed.text)
  const meter = unusedName(parsed.root.node, '$charge')
  blankComments(edited, parsed)
  if (mode === 'sandbox') {
    insertCharges(edited, parsed, meter)
    escapeLookalikes(edited, parsed)
  }
  wrapSource(edited, parsed, meter)
  return edited
}

/** Comments go: they can hold text that SES takes for code, and `sourceURL` would rename frames. */
function blankComments(edited: MagicString, { text, comments }: ParsedFunction): void {
  for (const { start, end } of comments) {
    edited.overwrite(start, end, text.slice(start, end).replace(/[^\n\r\u2028\u2029]/g, ' '))
  }
}

function originalPosition(edited: MagicString, place: Position): Position | undefined {
  const row = edited.generateDecodedMap({ hires: true }).mappings[place.line - 1]
  const segment = row?.findLast((candidate) => candidate[0] <= place.column - 1)
  if (segment === undefined || segment.length < 4) return undefined
  const [, , line, column] = segment as [number, number, number, number]
  return { line: line + 1, column: column + 1 }
}
