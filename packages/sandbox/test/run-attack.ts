import { expect } from 'vitest'
import type { FunctionHost } from '../src/index.ts'

/** An attack thought up against this implementation. */
export interface Attack {
  readonly id: string
  readonly what: string
  readonly source: string
  /** How it may end: `any` is any answer, `is` this one. */
  readonly allowed: readonly (string | { readonly is: unknown })[]
  /** Nothing inside can stop it: its process is ended. */
  readonly ends?: boolean
  /** Its process may be ended. */
  readonly mayEnd?: boolean
}

/** Each code by one word. */
const WORD_OF_CODE = new Map<string, string>([
  ['POSTERN_SANDBOX_BUDGET', 'budget'],
  ['POSTERN_SANDBOX_TIMEOUT', 'timeout'],
  ['POSTERN_SANDBOX_KILLED', 'killed'],
  ['POSTERN_SANDBOX_THREW', 'threw'],
  ['POSTERN_SANDBOX_RESULT', 'result'],
  ['POSTERN_SANDBOX_SYNTAX', 'refused'],
])

/** Runs an attack beside a function that is to notice nothing of it. */
export async function expectContained(host: FunctionHost, attack: Attack): Promise<void> {
  const { source, allowed, ends = false, mayEnd = false } = attack
  const { ended: before } = host.state()
  const canary = host.compile('(n) => n + 1', { name: 'canary', timeoutMs: 5_000 })
  const [ended, alive] = await Promise.all([
    run(host, source, ends ? 200 : 5_000),
    canary.call([1]),
  ])
  expect(alive.result).toBe(2)
  const isAllowed = allowed.some((one) =>
    typeof one === 'string'
      ? one === ended.how || (one === 'any' && ended.how === 'answer')
      : ended.how === 'answer' && JSON.stringify(one.is) === JSON.stringify(ended.answer),
  )
  expect(isAllowed, JSON.stringify(ended)).toBe(true)
  const wasEnded = ends || mayEnd || ended.how === 'killed'
  if (!wasEnded) expect(host.state().ended).toBe(before)
  expect(Reflect.ownKeys(Object.prototype)).not.toContain('polluted')
}

interface Ended {
  readonly how: string
  readonly answer?: unknown
  readonly detail?: string
}

async function run(host: FunctionHost, source: string, timeoutMs: number): Promise<Ended> {
  try {
    const fn = host.compile(source, { name: 'attack', timeoutMs, steps: 1_000_000 })
    return { how: 'answer', answer: (await fn.call([])).result }
  } catch (error) {
    const { code, message } = error as { readonly code: string; readonly message: string }
    return { how: WORD_OF_CODE.get(code) ?? code, detail: message.slice(0, 200) }
  }
}
