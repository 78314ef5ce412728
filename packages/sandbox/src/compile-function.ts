import type { Literal } from 'acorn'
import MagicString from 'magic-string'
import { blankComments } from './blank-comments.ts'
import { canWait } from './can-wait.ts'
import { escapeLookalikes } from './escape-lookalikes.ts'
import { insertCharges } from './insert-charges.ts'
import { type ModuleRequests, requestsOf } from './module-requests.ts'
import { type CompiledModule, ModuleSet, type RequireTable } from './module-set.ts'
import { type Language, type ParsedFunction, parseFunction } from './parse-function.ts'
import { createPositionMap, type Position, type PositionMap } from './position-map.ts'
import { type Mode, refuseForms } from './refuse-forms.ts'
import { refuseUnlisted } from './refuse-unlisted.ts'
import { syntaxNames } from './syntax-names.ts'
import { wrapSource } from './wrap-source.ts'

export interface CompileOptions {
  readonly mode: Mode
  readonly language?: Language
  /** What may be imported in mode `sandbox`; nothing unless given. */
  readonly modules?: ModuleSet | undefined
}

/** A function's source made ready for the process that runs it. */
export interface CompiledFunction {
  /** An expression: a function that takes the meter and answers the user's function. */
  readonly code: string
  /** Whether promises can come up in it, so that a call is over only when they have run. */
  readonly waits: boolean
  /** The modules that it can come to evaluate. */
  readonly modules: readonly CompiledModule[]
  /** The names that its `require` knows; undefined where it has none. */
  readonly requires: RequireTable | undefined
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
  const { mode, language, modules = NO_MODULES } = options
  const parsed = parseFunction(source, language)
  refuseForms(parsed, mode)
  const isConfined = mode === 'sandbox'
  const requests = requestsOf(parsed)
  if (isConfined) refuseUnlisted(parsed, requests, { modules })
  const edited = isConfined ? editConfined(parsed, modules) : editTrusted(parsed)
  const uses = isConfined ? usesOf(requests, modules) : NO_USES
  let map: PositionMap | undefined
  return {
    code: edited.toString(),
    waits: !isConfined || canWait(parsed.root.node) || uses.modules.some(({ waits }) => waits),
    ...uses,
    originalPosition(place) {
      map ??= createPositionMap(edited)
      return map(place)
    },
  }
}

const NO_MODULES = new ModuleSet({})

type Uses = Pick<CompiledFunction, 'modules' | 'requires'>

const NO_USES: Uses = { modules: [], requires: undefined }

/** Without any module there is no `require`, as there was none. */
function usesOf(requests: ModuleRequests, modules: ModuleSet): Uses {
  if (modules.isEmpty) return NO_USES
  const table = modules.requireTable(requests)
  const requires = requests.usesRequire ? table : undefined
  return { modules: modules.reach(table.map(([, index]) => index)), requires }
}

function editConfined(parsed: ParsedFunction, modules: ModuleSet): MagicString {
  const edited = new MagicString(parsed.text)
  const names = syntaxNames(parsed.root.node)
  blankComments(edited, parsed)
  insertCharges(edited, parsed, names)
  escapeLookalikes(edited, parsed)
  // Those that are not there have been refused.
  const indexOf = ({ value }: Literal): number => modules.find(String(value)) as number
  wrapSource(edited, parsed, { names, indexOf })
  return edited
}

function editTrusted(parsed: ParsedFunction): MagicString {
  const edited = new MagicString(parsed.text)
  blankComments(edited, parsed)
  wrapSource(edited, parsed, { names: syntaxNames(parsed.root.node), indexOf: undefined })
  return edited
}
