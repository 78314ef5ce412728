import path from 'node:path'
import type { GatewayCase } from './pdk-gateway-case.ts'
import { runGatewayCase } from './run-gateway-case.ts'
import { inCatalog } from './plugin-config-case.ts'

/** In which of the two languages a case is run. */
export type CaseLanguage = 'lua' | 'javascript'

/**
 * Runs a case about what functions may do, inside a function of exit-transformer: saved, where the
 * case is about saving, and run by a request, where it is about running.
 */
export async function sandboxDifferences(
  test: GatewayCase,
  language: CaseLanguage,
): Promise<readonly string[]> {
  const { sandbox, expect } = test
  if (sandbox === undefined) return ['no source']
  const source = language === 'lua' ? sandbox.lua : (sandbox.js ?? '')
  if (sandbox.op !== 'load' || expect['load_error'] !== undefined) {
    return saved(expect, language, await problemOf(sandbox, source, language))
  }
  const { answers } = await runGatewayCase(
    inGateway(test),
    configurationOf(source, language, expect),
  )
  return ran(expect, language, JSON.parse(answers[0]?.body ?? '{}') as Ran)
}

/** Saving compiles, and tells what does not compile. */
async function problemOf(
  { mode }: NonNullable<GatewayCase['sandbox']>,
  source: string,
  language: CaseLanguage,
): Promise<string> {
  const config = { functions: [source], language }
  const checked = await inCatalog({ untrusted_functions: mode }, 'exit-transformer', config)
  return checked.ok ? '' : JSON.stringify(checked.violations)
}

function saved(
  expect: GatewayCase['expect'],
  language: CaseLanguage,
  problem: string,
): readonly string[] {
  const wanted = expect['load_error']
  if (wanted === undefined) return problem === '' ? [] : [`refused: ${problem}`]
  if (problem === '') return [`want ${JSON.stringify(wanted)}, and it was saved`]
  // The words of a message are those of its language; before them stand Kong's.
  const text = language === 'lua' ? String(wanted) : 'Error parsing function'
  return problem.includes(text) ? [] : [`want ${text}, got ${problem}`]
}

/** What the function around the source answers: whether it went well, and then its values. */
interface Ran {
  readonly results?: readonly string[]
  readonly outside?: string
}

function ran(
  expect: GatewayCase['expect'],
  language: CaseLanguage,
  { results = [], outside }: Ran,
): readonly string[] {
  const [went, ...values] = results
  const failed = expect['run_error']
  if (failed !== undefined) {
    const isTold = language === 'javascript' || values[0]?.includes(String(failed)) === true
    return went === 'false' && isTold ? [] : [`want ${String(failed)}, got ${results.join(' ')}`]
  }
  const wanted = (expect['returns'] ?? []) as readonly (string | { $match: string })[]
  if (went !== 'true') return [`it failed: ${results.join(' ')}`]
  const differences = values.flatMap((value, i) => differ(wanted[i], value, language))
  if (language === 'lua' && values.length !== wanted.length) differences.push(values.join(' '))
  if (expect['outside'] !== undefined && !/^(?:nil|undefined)$/.test(outside ?? '')) {
    differences.push(`a global of one function is seen by another: ${outside}`)
  }
  return differences
}

function differ(
  wanted: string | { readonly $match: string } | undefined,
  value: string,
  language: CaseLanguage,
): string[] {
  // What Lua calls a table is an object or a function in JavaScript.
  if (language === 'javascript' && wanted === 'table' && /^(?:object|function)$/.test(value))
    return []
  const holds =
    typeof wanted === 'object' ? new RegExp(wanted.$match).test(value) : wanted === value
  return holds ? [] : [`want ${JSON.stringify(wanted)}, got ${value}`]
}

/** JavaScript has no module of these names unless somebody brings one. */
const MODULES = path.join(import.meta.dirname, 'modules')

function inGateway(test: GatewayCase): GatewayCase {
  const { mode, requires } = test.sandbox as NonNullable<GatewayCase['sandbox']>
  const modules = requires?.map((name) => `${name}=${MODULES}/${name}.ts`)
  return {
    ...test,
    request: { path: '/' },
    // What it expects is of the function, and not of the exchange.
    expect: {},
    gateway: {
      settings: {
        pg_password: 'secret',
        untrusted_functions: mode,
        ...(requires !== undefined && { untrusted_lua_sandbox_requires: requires }),
        ...(modules !== undefined && { untrusted_javascript_sandbox_requires: modules }),
      },
    },
  }
}

/** A Route whose every request is answered by the function. */
function configurationOf(
  source: string,
  language: CaseLanguage,
  expect: GatewayCase['expect'],
): Readonly<Record<string, unknown>> {
  const functions = [AROUND[language](source)]
  const [leaked] = Object.keys(expect['outside'] ?? {})
  if (leaked !== undefined) functions.push(LOOK_FOR[language](leaked))
  const config = { functions, language, timeout_ms: 5000 }
  const steps = { access: [['response.exit', 401, { message: 'no' }]] }
  return {
    routes: [{ paths: ['/'] }],
    plugins: [
      { name: 'exit-transformer', config },
      { name: 'case-exit', inline: { priority: 5, steps } },
    ],
  }
}

const AROUND: Readonly<Record<CaseLanguage, (source: string) => string>> = {
  lua: (source) => `
    return function(status, body, headers)
      local results = { pcall(function() ${source}
      end) }
      for i = 1, #results do results[i] = tostring(results[i]) end
      return 200, { results = results }
    end`,
  javascript: (source) => `(status, body, headers) => {
    try {
      return [200, { results: ['true', String((() => { ${source}
      })())] }]
    } catch (error) {
      return [200, { results: ['false', String(error.message)] }]
    }
  }`,
}

const LOOK_FOR: Readonly<Record<CaseLanguage, (name: string) => string>> = {
  lua: (name) => `return function(s, b, h) b.outside = type(${name}) return s, b, h end`,
  javascript: (name) => `(s, b, h) => [s, { ...b, outside: typeof ${name} }, h]`,
}
