import path from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { CaseAnswer, CaseRow } from '../src/functions/function-case.ts'
import { publicExampleCases } from '../src/functions/public-examples.cases.ts'
import { seedFunctionCases } from '../src/functions/seeds.cases.ts'
import { type AdminClient, createAdminClient } from './admin-client.ts'
import { type Answer, sendBytes } from './send-bytes.ts'
import { type RunningProgram, startProgram } from './start-program.ts'

// Every function that the founding documents print, and those of other public pages, through the whole gateway: saved by the Admin
// API, compiled in a worker, called by a request. A test plugin makes each Exit as the case has it.

let program: RunningProgram
let admin: AdminClient

beforeAll(async () => {
  const exitMaker = path.join(import.meta.dirname, 'plugins/exit-maker.ts')
  const plugins = `bundled,${exitMaker}`
  // A busy machine must not end a function here: that is for other tests.
  program = await startProgram({ settings: { workers: '1', plugins, function_timeout_ms: '5000' } })
  admin = createAdminClient(program.admin)
})
afterAll(async () => {
  await program?.stop()
  program?.cleanUp()
})

/** Headers that are about the message or the gateway, and not set by an Exit. */
const AROUND = new Set([
  'connection',
  'content-length',
  'content-type',
  'date',
  'keep-alive',
  'server',
  'x-kong-request-id',
  'x-kong-response-latency',
])

function expectedOf({ exit, answer }: CaseRow): CaseAnswer {
  if (answer !== 'unchanged') return answer
  const { status, body, headers } = exit
  const { 'Content-Type': contentType, ...others } = headers ?? {}
  const decoded = typeof body === 'string' ? decode(body) : body
  return {
    status,
    body: decoded ?? null,
    headers: others,
    ...(contentType !== undefined && { contentType }),
  }
}

function decode(text: string): string | object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : text
  } catch {
    return text
  }
}

function check(answer: Answer, expected: CaseAnswer): void {
  const own = [...answer.headers].filter(([name]) => !AROUND.has(name))
  const wanted = Object.entries(expected.headers ?? {})
    .filter(([name]) => !AROUND.has(name.toLowerCase()))
    .map(([name, value]) => [name.toLowerCase(), value])
  expect(answer.status).toBe(expected.status)
  expect(decode(answer.body)).toEqual(expected.body ?? '')
  expect(Object.fromEntries(own)).toEqual(Object.fromEntries(wanted))
  if (expected.contentType !== undefined) {
    expect(answer.headers.get('content-type')).toBe(sentType(expected.contentType))
  }
}

/** The gateway tells the charset of a text, as Kong's server does. */
function sentType(type: string): string {
  return type === 'text/plain' ? 'text/plain; charset=UTF-8' : type
}

describe.each(['lua', 'javascript'] as const)('the published functions in %s', (language) => {
  describe.each([...seedFunctionCases, ...publicExampleCases])('$name', (functionCase) => {
    const rows = functionCase.rows.filter(({ only }) => only === undefined || only === language)

    it.each(rows)('$title', async (row) => {
      const route = await admin.post('/routes', { paths: ['/case'] })
      await admin.post(`/routes/${route.id}/plugins`, {
        name: 'exit-maker',
        config: { exit: JSON.stringify(row.exit) },
      })
      await admin.post(`/routes/${route.id}/plugins`, {
        name: 'exit-transformer',
        config: { functions: [functionCase[language]] },
      })
      const headers = Object.entries(row.request ?? {}).map(([name, value]) => `${name}: ${value}`)
      const head = ['GET /case HTTP/1.1', 'Host: localhost', ...headers].join('\r\n')
      try {
        check(await sendBytes(program.proxy, `${head}\r\n\r\n`), expectedOf(row))
        if (row.fails !== undefined && language === 'lua') await program.logged(row.fails)
      } finally {
        await admin.delete(`/routes/${route.id}`)
      }
    })
  })
})
