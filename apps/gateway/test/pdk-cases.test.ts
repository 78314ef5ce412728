import { type CaseResult, expectKnownFailures } from '@postern/conformance'
import { expect, it } from 'vitest'
import { gatewayDifferences } from './check-gateway-case.ts'
import type { Declared } from './declared.ts'
import { type GatewayCase, readGatewayCases } from './pdk-gateway-case.ts'
import { configDifferences } from './plugin-config-case.ts'
import { runGatewayCase } from './run-gateway-case.ts'
import { sandboxDifferences } from './sandbox-case.ts'

const OWN_NAME = 'Server and Via say postern'
const SECRETS = 'secrets are shown to no function, in whatever mode'
const NO_FUNCTION = 'a source in JavaScript has to be a function'
const STATEMENTS = 'a source in JavaScript that is statements is not taken as a chunk of Lua is'

/** What is otherwise in a whole Kong, and why. A case that ends in `:js` is one in JavaScript. */
const DIFFERENT: Readonly<Record<string, string>> = {
  'gw-404-json': OWN_NAME,
  'gw-405-trace': OWN_NAME,
  'gw-headers-server_tokens-only': OWN_NAME,
  'gw-headers-via-only': OWN_NAME,
  'gw-crash-header_filter': 'a plugin that fails in header_filter is answered for with a 500',
  'pf-upvalues-persist:js': STATEMENTS,
  'pf-first-request-runs-once:js': STATEMENTS,
  'sb-sandbox-validate-throws': 'saving compiles a function and never runs it',
  'sb-on-validate-safe-no-run:js': NO_FUNCTION,
  'sb-sandbox-validate-safe-no-run:js': NO_FUNCTION,
  'sb-on-secret-visible': SECRETS,
  'sb-on-secret-visible:js': SECRETS,
  'sb-date:js': 'JavaScript writes a date with milliseconds',
}

/**
 * Not run in JavaScript: functions in mode on share the Node of their process, and which process
 * takes a call is not promised, so that a global of one may be seen by another or not.
 */
const UNDECIDED: ReadonlySet<string> = new Set(['sb-on-globals-stay-local'])

it('answers as a whole Kong does in the recorded exchanges', { timeout: 240_000 }, async () => {
  const results: CaseResult[] = []
  for (const test of readGatewayCases('gateway', 'exit_transformer')) {
    results.push(await outcome(test.id, () => exchange(test, configurationOf(test))))
    if (test.gateway.js === undefined) continue
    results.push(await outcome(`${test.id}:js`, () => exchange(inJavaScript(test), twinOf(test))))
  }
  for (const test of readGatewayCases('sandbox')) {
    results.push(await outcome(test.id, () => sandboxDifferences(test, 'lua')))
    if (test.sandbox?.js === undefined || UNDECIDED.has(test.id)) continue
    results.push(await outcome(`${test.id}:js`, () => sandboxDifferences(test, 'javascript')))
  }
  for (const test of readGatewayCases('config')) {
    results.push(await outcome(test.id, () => configDifferences(test)))
  }
  const held = results.filter(({ holds }) => holds).length
  console.log(`pdk-response: ${held} of ${results.length} cases of a whole gateway hold`)
  expect(results).toHaveLength(115)
  expectKnownFailures(results, DIFFERENT)
})

it.each(Object.keys(DIFFERENT).filter((id) => DIFFERENT[id] === OWN_NAME))(
  'does so in %s but for the name of the program',
  async (id) => {
    const [test] = readGatewayCases('gateway').filter((one) => one.id === id) as [GatewayCase]
    const text = JSON.stringify(test.expect).replaceAll('kong/', 'postern/')
    const own = { ...test, expect: JSON.parse(text) as GatewayCase['expect'] }
    expect(await exchange(own, configurationOf(own))).toEqual([])
  },
)

it('sends no length with a 204 that a plugin has made of a response with a body', async () => {
  const steps = { header_filter: [['response.set_status', 204]] }
  const test: GatewayCase = {
    id: 'made-204',
    kind: 'gateway',
    request: {},
    upstream: { body: 'hello' },
    gateway: {},
    calls: [],
    expect: { status: 204, headers: { 'Content-Length': null }, body: '' },
  }
  const service = { name: 's', url: '{upstream}', routes: [{ paths: ['/'] }] }
  const plugins = [{ name: 'p', inline: { priority: 1, steps } }]
  expect(await exchange(test, { services: [service], plugins })).toEqual([])
})

async function outcome(
  id: string,
  differences: () => Promise<readonly string[]>,
): Promise<CaseResult> {
  const startedAtMs = performance.now()
  const reasons = await differences().catch((error: unknown) => [(error as Error).message])
  const milliseconds = performance.now() - startedAtMs
  return { id, holds: reasons.length === 0, reasons, milliseconds }
}

async function exchange(test: GatewayCase, declared: Declared): Promise<readonly string[]> {
  return gatewayDifferences(test.expect, await runGatewayCase(test, declared))
}

function configurationOf({ gateway }: GatewayCase): Declared {
  return gateway.declarative ?? {}
}

/** The same configuration with the functions in JavaScript. */
function twinOf(test: GatewayCase): Declared {
  const twin = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(twin)
    if (typeof value !== 'object' || value === null) return value
    const fields = value as Declared
    if (fields['name'] === 'exit-transformer') {
      return {
        ...fields,
        // The deadline is not what these cases are about: on a busy machine the first call takes long.
        config: { ...(fields['config'] as Declared), functions: test.gateway.js, timeout_ms: 5000 },
      }
    }
    if (fields['name'] === 'pre-function') return { ...fields, config: test.gateway.js }
    return Object.fromEntries(Object.entries(fields).map(([name, one]) => [name, twin(one)]))
  }
  return twin(configurationOf(test)) as Declared
}

/** What Lua calls a table is an object in JavaScript. */
function inJavaScript(test: GatewayCase): GatewayCase {
  const text = JSON.stringify(test.expect).replaceAll('"table"', '"object"')
  return { ...test, expect: JSON.parse(text) as GatewayCase['expect'] }
}
