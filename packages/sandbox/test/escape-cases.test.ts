import { existsSync, readFileSync } from 'node:fs'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkJavaScript, createFunctionHost, type FunctionHost, type Mode } from '../src/index.ts'

interface EscapeCase {
  readonly id: string
  readonly class: string
  readonly mode: Mode | 'off'
  readonly source: string
  readonly then_source?: string
  readonly expect: Outcome
  readonly also_ok?: readonly Outcome[]
  readonly response?: {
    readonly equals_original?: boolean
    readonly body_equals?: unknown
    readonly body_must_not_contain?: readonly string[]
    readonly headers_absent?: readonly string[]
  }
}

type Outcome = 'rejected' | 'contained' | 'times_out' | 'error_passes_original'

/**
 * The public cases of attacks in JavaScript. Two things of each belong to whoever asked for the
 * function: what a status, a header or a body may be, and what is sent when there is no answer.
 */
const CASES = JSON.parse(
  readFileSync(new URL('./cases/sandbox-escape.cases.json', import.meta.url), 'utf8'),
) as readonly EscapeCase[]

/** The only case without a function: mode off is a setting of the gateway, which makes no host. */
const WITHOUT_FUNCTION = 'js-mode-02'

/** Answers that are JSON data: that their status or shape is nonsense, the exit-transformer tells. */
const NONSENSE: readonly string[] = [
  ...[18, 29, 30, 31, 32, 34, 35, 36, 37, 38, 39, 40, 45, 79, 81].map((n) => `js-ret-${n}`),
]

const ORIGINAL = [
  401,
  { message: 'No API key found in request' },
  { 'Content-Type': 'application/json', 'X-Orig': 'yes' },
] as const

/** Far beyond what a call may take: on a busy machine it is the machine that is slow. */
const HANGS_MS = 10_000

const hosts: Record<Mode, FunctionHost> = {
  sandbox: createFunctionHost({ mode: 'sandbox' }),
  on: createFunctionHost({ mode: 'on' }),
}

beforeAll(async () => {
  await Promise.all([hosts.sandbox.start(), hosts.on.start()])
})

afterAll(async () => {
  await Promise.all([hosts.sandbox.close(), hosts.on.close()])
})

describe('the public cases of attacks', () => {
  const here = CASES.filter(({ id }) => id !== WITHOUT_FUNCTION)

  it('are all here', () => {
    expect(CASES).toHaveLength(163)
    const ids = new Set(CASES.map(({ id }) => id))
    expect([WITHOUT_FUNCTION, ...NONSENSE].filter((id) => !ids.has(id))).toEqual([])
  })

  it.each(here)('$id: $class', async (attack) => {
    const host = hosts[attack.mode as Mode]
    const canary = host.compile('(n) => n + 1', { name: 'canary', timeoutMs: 500 })
    const startedAtMs = performance.now()
    const [attacked, alive] = await Promise.all([run(host, attack), canary.call([1])])
    const tookMs = performance.now() - startedAtMs

    const allowed: Outcome[] = [attack.expect, ...(attack.also_ok ?? [])]
    if (NONSENSE.includes(attack.id)) allowed.push('contained')
    expect(allowed, String(attacked.error)).toContain(attacked.outcome)
    expectResponse(attack, attacked)
    expect(alive.result).toBe(2)
    expect(tookMs).toBeLessThan(HANGS_MS)
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false)
    expect(existsSync('sandbox-escape-proof')).toBe(false)
  })

  it('js-proto-28, js-mem-19: keep nothing in globals over 100 calls', async () => {
    for (const id of ['js-proto-28', 'js-mem-19']) {
      const { source } = CASES.find((attack) => attack.id === id) as EscapeCase
      const fn = hosts.sandbox.compile(source, { name: id, timeoutMs: 50 })
      const calls = Array.from({ length: 100 }, () => fn.call(ORIGINAL))
      const outcomes = new Set((await Promise.allSettled(calls)).map(({ status }) => status))
      expect(outcomes).toEqual(new Set(['rejected']))
    }
  })

  it('js-proto-31: shows one function nothing of another', async () => {
    const { source, then_source } = CASES.find(({ id }) => id === 'js-proto-31') as EscapeCase
    const first = hosts.sandbox.compile(source, { name: 'first', timeoutMs: 50 })
    const second = hosts.sandbox.compile(then_source ?? '', { name: 'second', timeoutMs: 50 })
    await first.call(ORIGINAL).catch(() => undefined)
    expect((await second.call(ORIGINAL)).result).toEqual([200, { seen: 'undefined' }, ORIGINAL[2]])
  })
})

interface Attacked {
  readonly outcome: Outcome
  readonly answer?: unknown
  readonly error?: unknown
}

async function run(host: FunctionHost, attack: EscapeCase): Promise<Attacked> {
  const source = generated(attack.source)
  const mode = attack.mode as Mode
  const problem = checkJavaScript(source, { mode })
  if (problem !== undefined) return { outcome: 'rejected', error: problem.message }
  try {
    const fn = host.compile(source, { name: attack.id, timeoutMs: LIMIT_OF[attack.expect] ?? 500 })
    return { outcome: 'contained', answer: (await fn.call(ORIGINAL)).result }
  } catch (error) {
    const { code } = error as { readonly code: string }
    return { outcome: OUTCOME_OF_CODE.get(code) ?? 'contained', error }
  }
}

/** What is to be ended is ended soon; what is to be done has time on a busy machine. */
const LIMIT_OF: Partial<Record<Outcome, number>> = { times_out: 50 }

/** Ended by the deadline: inside the process where it can be, or else with it. */
const OUTCOME_OF_CODE = new Map<string, Outcome>([
  ['POSTERN_SANDBOX_TIMEOUT', 'times_out'],
  ['POSTERN_SANDBOX_BUDGET', 'times_out'],
  ['POSTERN_SANDBOX_KILLED', 'times_out'],
  ['POSTERN_SANDBOX_THREW', 'error_passes_original'],
  ['POSTERN_SANDBOX_RESULT', 'error_passes_original'],
])

function expectResponse({ id, response = {} }: EscapeCase, { outcome, answer }: Attacked): void {
  if (outcome !== 'contained' || NONSENSE.includes(id)) return
  const [, body, headers] = answer as readonly [unknown, unknown, object | undefined]
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  for (const word of response.body_must_not_contain ?? []) expect(text).not.toContain(word)
  if (response.body_equals !== undefined) expect(body).toEqual(response.body_equals)
  if (response.equals_original === true) expect(answer).toEqual(ORIGINAL)
  // Names that hold line ends and the like are the answer's own; what must not be is another one.
  for (const name of response.headers_absent ?? []) {
    expect(Object.keys(headers ?? {}).map((key) => key.toLowerCase())).not.toContain(name)
  }
}

/** Long sources are told by how they are made. */
function generated(source: string): string {
  const [, kind, size] = /^@gen:([\w-]+):(\d+)$/.exec(source) ?? []
  const n = Number(size)
  switch (kind) {
    case undefined:
      return source
    case 'nested-parens':
      return `(s,b,h)=>${'('.repeat(n)}1${')'.repeat(n)}`
    case 'many-statements':
      return `(s,b,h)=>{let x;${'x=1;'.repeat(n)}return [s,b,h]}`
    default:
      throw new Error(`no rule makes ${source}`)
  }
}
