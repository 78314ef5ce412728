/**
 * Calls through the function host, beside the same bytes through a process that only sends them
 * back: what is left is ours. Run with `node --conditions=@postern/source bench/function-host.bench.ts`.
 */
import { spawn } from 'node:child_process'
import type { Socket } from 'node:net'
import { createFunctionHost } from '@postern/sandbox'

const SOURCE = `(status, body, headers) => [status, { message: 'arr! ' + body.message }, headers]`
const ARGS = [401, { message: 'No API key found in request' }, { 'Content-Type': 'text/plain' }]
const EXPECTED =
  '[401,{"message":"arr! No API key found in request"},{"Content-Type":"text/plain"}]'
const ECHO = `const { readSync, writeSync } = require('node:fs')
const b = Buffer.alloc(65536)
for (let n = 1; n > 0; ) { n = readSync(3, b); writeSync(3, b, 0, n) }`

const CALLS = 3_200
const AT_ONCE = 32
const ROUNDS = 5

const host = createFunctionHost({ mode: 'sandbox' })
await host.start()
const fn = host.compile(SOURCE, { name: 'arr', timeoutMs: 1_000 })
const answer = JSON.stringify((await fn.call(ARGS)).result)
if (answer !== EXPECTED) throw new Error(`wrong answer: ${answer}`)

const echoProcess = spawn(process.execPath, ['-e', ECHO], {
  stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
})
const socket = echoProcess.stdio[3] as Socket
const line = `${JSON.stringify(ARGS).padEnd(170)}\n`
const echo = (): Promise<void> =>
  new Promise((resolve) => {
    socket.once('data', () => resolve())
    socket.write(line)
  })
await echo()

const rows = new Map<string, number[]>()
for (let round = 0; round < ROUNDS; round++) {
  await time('echo, one after another', async () => {
    for (let i = 0; i < CALLS; i++) await echo()
  })
  await time('call, one after another', async () => {
    for (let i = 0; i < CALLS; i++) await fn.call(ARGS)
  })
  await time(`call, ${AT_ONCE} at a time`, async () => {
    for (let i = 0; i < CALLS / AT_ONCE; i++) {
      await Promise.all(Array.from({ length: AT_ONCE }, () => fn.call(ARGS)))
    }
  })
}
for (const [name, us] of rows) print(name, us, 'us')
echoProcess.kill()
await host.close()

async function time(name: string, work: () => Promise<void>): Promise<void> {
  const startedAt = performance.now()
  await work()
  const us = ((performance.now() - startedAt) / CALLS) * 1_000
  rows.set(name, [...(rows.get(name) ?? []), us])
}

function print(name: string, values: readonly number[], unit: string): void {
  const sorted = values.toSorted((a, b) => a - b)
  console.log(name.padEnd(26), sorted.map((value) => value.toFixed(1)).join(' '), unit)
}
