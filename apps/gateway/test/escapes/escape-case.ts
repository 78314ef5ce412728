import { readFileSync } from 'node:fs'

/** A function that means harm, and what it may come to. */
export interface EscapeCase {
  readonly id: string
  readonly class: string
  readonly language: 'javascript' | 'lua'
  /** `untrusted_functions` of the gateway. */
  readonly mode: 'sandbox' | 'on' | 'off'
  readonly source: string
  /** A function of another Plugin instance, called afterwards: it must see nothing of the first. */
  readonly then_source?: string
  readonly expect: EscapeOutcome
  readonly also_ok?: readonly EscapeOutcome[]
  /** What has to hold of the response. */
  readonly response?: EscapeResponse
}

/**
 * `rejected`: not saved. `contained`: it ran, and its answer was taken for data.
 * `times_out`: it was ended. `error_passes_original`: it failed or answered nonsense.
 */
export type EscapeOutcome = 'rejected' | 'contained' | 'times_out' | 'error_passes_original'

export interface EscapeResponse {
  readonly status?: number
  readonly equals_original?: boolean
  /** HTTP by the letter; checked of every response. */
  readonly well_formed?: boolean
  /** The body ends where its framing says; checked of every response. */
  readonly framing_correct?: boolean
  readonly no_body?: boolean
  readonly valid_utf8?: boolean
  readonly body_equals?: unknown
  readonly body_must_not_contain?: readonly string[]
  /** A regular expression. */
  readonly body_must_not_match?: string
  /** Names in lower case. */
  readonly headers_absent?: readonly string[]
}

/** The public cases of both languages. They lie where they are also run without a gateway. */
export function loadEscapes(): readonly EscapeCase[] {
  const cases = [...load('sandbox', 'javascript'), ...load('lua', 'lua')]
  const ids = new Set(cases.map(({ id }) => id))
  const stale = Object.keys(DIFFERENT).filter((id) => !ids.has(id))
  if (stale.length > 0) throw new Error(`no such case: ${stale.join()}`)
  return cases.map((one) => ({ ...one, ...DIFFERENT[one.id] }))
}

/** Where Postern means something else than the case. */
const DIFFERENT: Readonly<Record<string, Partial<EscapeCase>>> = {
  // A fraction is cut off a status, as Kong's server does.
  'js-ret-38': { expect: 'contained', response: { status: 200 } },
  // Kong's own cases read `******` where a setting is secret: its name is told, its value is not.
  'js-pdk-07': {
    response: {
      body_must_not_match: String.raw`\w*(?:password|secret|token)\w*\\":(?!null|\\"\*{6}\\"|\\"\\")|trace-the-cases`,
    },
  },
}

function load(folder: string, language: EscapeCase['language']): EscapeCase[] {
  const file = `../../../../packages/${folder}/test/cases/sandbox-escape.cases.json`
  const cases = JSON.parse(readFileSync(new URL(file, import.meta.url), 'utf8')) as EscapeCase[]
  return cases.map((one) => ({ ...one, language, source: generated(one.source) }))
}

/** Long sources are told by how they are made. */
function generated(source: string): string {
  const [, kind = '', size] = /^@gen:([\w-]+):(\d+)$/.exec(source) ?? []
  if (kind === '') return source
  const make = GENERATED[kind]
  if (make === undefined) throw new Error(`no rule makes ${source}`)
  return make(Number(size))
}

const GENERATED: Readonly<Record<string, (n: number) => string>> = {
  'nested-parens': (n) => `(s,b,h)=>${'('.repeat(n)}1${')'.repeat(n)}`,
  'many-statements': (n) => `(s,b,h)=>{let x;${'x=1;'.repeat(n)}return [s,b,h]}`,
  'lua-nested-parens': (n) =>
    `return function(s, b, h) return ${'('.repeat(n)}1${')'.repeat(n)} end`,
  'lua-locals': (n) => {
    const locals = Array.from({ length: n }, (_, i) => `local v${i} = ${i}`).join('\n')
    return `return function(s, b, h)\n${locals}\nreturn s, b, h end`
  },
}
