import { existsSync, readFileSync } from 'node:fs'
import net from 'node:net'
import path from 'node:path'
import { parseResponses, type SeenResponses } from '@postern/conformance'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type AdminClient, createAdminClient } from './admin-client.ts'
import { type Canaries, startCanaries } from './escapes/canaries.ts'
import { type EscapeCase, type EscapeOutcome, loadEscapes } from './escapes/escape-case.ts'
import { judgeEscape, ORIGINAL, type PlayedEscape } from './escapes/judge-escape.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

const CASES = loadEscapes()
const MIB = 1024 * 1024

/** What the worker may hold more after all cases than before them. */
const MAX_GROWTH = 64 * MIB

/** Lets the response say what became of each function. */
const TOKEN = 'trace-the-cases'

it('has all public cases', () => {
  const of = (language: string) => CASES.filter((one) => one.language === language)
  expect([of('javascript').length, of('lua').length]).toEqual([163, 73])
})

describe.each(['sandbox', 'on', 'off'] as const)('untrusted_functions = %s', (mode) => {
  const cases = CASES.filter((one) => one.mode === mode)
  let program: RunningProgram
  let admin: AdminClient
  let canaries: Canaries
  let worker: number
  let before: Memory
  const waits: { readonly id: string; readonly ms: number }[] = []

  beforeAll(async () => {
    program = await startProgram({
      settings: {
        workers: '1',
        untrusted_functions: mode,
        request_debug_token: TOKEN,
        plugins: `bundled,${new URL('./plugins/exit-maker.ts', import.meta.url).pathname}`,
      },
      env: {
        GATEWAY_TEST_SECRET: 'do-not-tell',
        NODE_OPTIONS: `--import=${new URL('./escapes/tell-memory.ts', import.meta.url).href}`,
      },
    })
    admin = createAdminClient(program.admin)
    await openRoutes(admin)
    canaries = await startCanaries(`${program.proxy}/canary`)
    // What is loaded and compiled once belongs to the worker as it is.
    for (const source of WARM_UP) await play(program, { ...(cases[0] as EscapeCase), source })
    worker = workerOf(program)
    before = await memoryOf(program, worker)
    await canaries.longest()
  }, 60_000)
  afterAll(async () => {
    await canaries?.stop()
    await program?.stop()
    program?.cleanUp()
  })

  it.each(cases)('$id: $class', async (attack) => {
    const reasons: string[] = []
    for (const step of stepsOf(attack))
      reasons.push(...judgeEscape(step, await play(program, step)))
    const { longestMs, failures } = await canaries.longest()
    waits.push({ id: attack.id, ms: longestMs })
    expect(reasons).toEqual([])
    expect(failures).toEqual([])
    expect(workerOf(program)).toBe(worker)
    // The program runs in its prefix.
    expect(existsSync(path.join(program.prefix, 'sandbox-escape-proof'))).toBe(false)
  })

  it('leaves the worker with the memory it began with', async () => {
    const after = await settledMemory(program, worker, before)
    const longest = waits.toSorted((a, b) => b.ms - a.ms).slice(0, 5)
    console.log(
      `${mode}: ${waits.length} cases; memory ${tell(before)} before, ${tell(after)} after; ` +
        `longest canaries ${longest.map(({ id, ms }) => `${ms.toFixed(1)} ms (${id})`).join(', ')}`,
    )
    expect(after.rss - before.rss).toBeLessThan(MAX_GROWTH)
    expect(program.log()).not.toContain('do-not-tell')
  })
})

const WARM_UP = [
  '(s, b, h) => [s, b, h]',
  'return function(s, b, h) return s, b, h end',
  'return function(s, b, h) while true do end end',
]

/** What is expected of a response is expected of the last one. */
function stepsOf(attack: EscapeCase): EscapeCase[] {
  const { then_source: next, response: _, ...first } = attack
  if (next === undefined) return [attack]
  return [first, { ...attack, source: next, expect: 'contained', also_ok: [] }]
}

async function openRoutes(admin: AdminClient): Promise<void> {
  await admin.put('/routes/canary', { paths: ['/canary'] })
  await admin.post('/routes/canary/plugins', {
    name: 'request-termination',
    config: { status_code: 204 },
  })
  await admin.put('/routes/case', { paths: ['/case'] })
  await admin.post('/routes/case/plugins', {
    name: 'exit-maker',
    config: { exit: JSON.stringify(ORIGINAL) },
  })
}

/**
 * Plays it again where a machine that is busy may have made it slow: each time after a longer pause,
 * in which the process that was ended is replaced, and the machine may have less to do.
 */
async function play(program: RunningProgram, attack: EscapeCase): Promise<PlayedEscape> {
  const mayTimeOut = [attack.expect, ...(attack.also_ok ?? [])].includes('times_out')
  let played = await playOnce(program, attack)
  for (let again = 1; again <= 5 && !mayTimeOut && played.outcome === 'times_out'; again++) {
    await new Promise((resolve) => setTimeout(resolve, 200 * again))
    played = await playOnce(program, attack)
  }
  return played
}

async function playOnce(
  program: RunningProgram,
  { source, language }: EscapeCase,
): Promise<PlayedEscape> {
  const id = await save(program, [source], language)
  if (id === undefined) return { outcome: 'rejected', tookMs: 0 }
  try {
    const startedAtMs = performance.now()
    const seen = await exchange(program)
    return { outcome: outcomeOf(seen), seen, tookMs: performance.now() - startedAtMs }
  } finally {
    await fetch(`${program.admin}/plugins/${id}`, { method: 'DELETE' })
  }
}

/** The id of the Plugin, or undefined where the function was refused. */
async function save(
  { admin }: RunningProgram,
  functions: readonly string[],
  language: string,
): Promise<string | undefined> {
  const answer = await fetch(`${admin}/routes/case/plugins`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ name: 'exit-transformer', config: { functions, language } }),
  })
  const { id, fields } = (await answer.json()) as { id?: string; fields?: unknown }
  if (answer.status !== 201) expect(fields).toHaveProperty('config.functions')
  return id
}

/** Two requests in one go: what follows the answer of the case has to be the canary's. */
function exchange({ proxy }: RunningProgram): Promise<SeenResponses> {
  const { hostname, port } = new URL(proxy)
  const requests =
    `GET /case HTTP/1.1\r\nHost: localhost\r\nX-Kong-Request-Debug-Token: ${TOKEN}\r\n\r\n` +
    'GET /canary HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = []
    const socket = net.connect(Number(port), hostname, () => socket.write(requests))
    socket.on('data', (chunk) => chunks.push(chunk))
    socket.on('error', reject)
    socket.on('close', () => resolve(parseResponses(Buffer.concat(chunks), { ended: true })))
  })
}

function outcomeOf({ finals }: SeenResponses): EscapeOutcome {
  const text = new Map(finals[0]?.fields).get('x-postern-exit-trace') ?? '[]'
  const [step] = JSON.parse(text) as { readonly outcome: string }[]
  return OUTCOMES.get(step?.outcome ?? '') ?? 'contained'
}

const OUTCOMES = new Map<string, EscapeOutcome>([
  ['failed', 'error_passes_original'],
  ['ended', 'times_out'],
])

/** In bytes. */
interface Memory {
  readonly rss: number
  readonly heapUsed: number
  readonly external: number
}

/** The one worker: the only child of the supervisor. */
function workerOf({ process: { pid } }: RunningProgram): number {
  return Number(readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim())
}

async function memoryOf(program: RunningProgram, pid: number): Promise<Memory> {
  const from = program.log().length
  process.kill(pid, 'SIGUSR2')
  const line = await program.logged('MEMORY', from)
  return JSON.parse(line.slice('MEMORY '.length)) as Memory
}

/** V8 gives memory back some time after it was freed. */
async function settledMemory(
  program: RunningProgram,
  pid: number,
  before: Memory,
): Promise<Memory> {
  for (let round = 0; ; round++) {
    const memory = await memoryOf(program, pid)
    if (memory.rss - before.rss < MAX_GROWTH || round === 50) return memory
    await new Promise((resolve) => setTimeout(resolve, 200))
  }
}

function tell({ rss, heapUsed, external }: Memory): string {
  const [all, heap, outside] = [rss, heapUsed, external].map((n) => (n / MIB).toFixed(1))
  return `${all} MiB (heap ${heap}, outside of it ${outside})`
}
