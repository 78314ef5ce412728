import { checkLua } from '@postern/lua'
import { checkJavaScript, detectLanguage, type ModuleSources } from '@postern/sandbox'
import type { FunctionLanguage } from '@postern/exit-transformer'

/** A language that a function can be compiled from. */
export type KnownLanguage = Exclude<FunctionLanguage, 'auto'>

/**
 * Tells the language of a source by parsing: Lua first, then JavaScript, then TypeScript.
 *
 * Lua comes first because Kong's functions are Lua, and because next to nothing is both: a
 * JavaScript source has to be a function, and no spelling of one is Lua. What is both is a call
 * such as `make()`, and that is Lua. A source that parses as neither is taken for the language that
 * it looks like, so that the message is about what was meant.
 */
export function languageOf(source: string, asked: FunctionLanguage): KnownLanguage {
  if (asked !== 'auto') return asked
  if (checkLua(source) === undefined) return 'lua'
  return detectLanguage(plainSource(source)) ?? likelyLanguage(source)
}

/**
 * A JavaScript source whose leading `return`, as in a Lua chunk, is blanked out: people write
 * `return (status, body, headers) => ...` beside Lua's form. Positions stay.
 */
export function plainSource(source: string): string {
  return source.replace(LEADING_RETURN, (found) => found.replace('return', '      '))
}

const LEADING_RETURN = /^(?:\s|\/\/[^\n]*\n|\/\*(?:[^*]|\*(?!\/))*\*\/)*return(?=[\s(])/

/** What is wrong with a source in a language, with line and column; undefined when it compiles. */
export function problemOf(
  source: string,
  language: KnownLanguage,
  { mode, modules }: JavaScriptChecks,
): string | undefined {
  if (language === 'lua') {
    const problem = checkLua(source)
    return problem === undefined ? undefined : placed('Lua', problem)
  }
  const problem = checkJavaScript(plainSource(source), { language, mode, modules })
  const name = language === 'javascript' ? 'JavaScript' : 'TypeScript'
  return problem === undefined ? undefined : placed(name, problem)
}

/** What JavaScript is checked for. */
export interface JavaScriptChecks {
  readonly mode: 'sandbox' | 'on'
  /** What it may import in mode `sandbox`; nothing unless given. */
  readonly modules?: ModuleSources
}

interface Problem {
  readonly message: string
  readonly line: number
  readonly column: number
}

function placed(name: string, { message, line, column }: Problem): string {
  return `${name}, line ${line}, column ${column}: ${message}`
}

const JAVASCRIPT_SIGNS =
  /=>|[!=]==|&&|\|\||\bconst\b|\blet\b|\bexport\b|\bnull\b|\bundefined\b|\/\/|\)\s*\{|\};?/g
const LUA_SIGNS = /\bend\b|\blocal\b|\bthen\b|\bnil\b|\belseif\b|\.\.|~=|--|\band\b|\bor\b|\bnot\b/g
const TYPE_SIGNS = /\binterface\b|\btype\s+\w+\s*=|:\s*(?:string|number|boolean|unknown|Record)\b/

function likelyLanguage(source: string): KnownLanguage {
  const start = source.slice(0, MAX_LOOKED_AT)
  const forJavaScript = start.match(JAVASCRIPT_SIGNS)?.length ?? 0
  const forLua = start.match(LUA_SIGNS)?.length ?? 0
  if (forLua >= forJavaScript) return 'lua'
  return TYPE_SIGNS.test(start) ? 'typescript' : 'javascript'
}

const MAX_LOOKED_AT = 10_000
