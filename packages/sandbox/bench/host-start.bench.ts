/**
 * How long a process of functions takes to be ready, beside a bare Node. Run from source with
 * `node --conditions=@postern/source packages/sandbox/bench/host-start.bench.ts`, or without the
 * condition as it is published, after `npm run build`.
 *
 * Elapsed time is what a user waits for, and depends on what else the machine does; processor time
 * (of all threads, from /proc) says more on a busy one.
 */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, readFileSync } from 'node:fs'
import { createFunctionHost } from '@postern/sandbox'

const STARTS = 30
const SOURCE = '(status) => [status + 1]'

const bareMs: number[] = []
const elapsedMs: number[] = []
const processorMs: number[] = []
for (let i = 0; i < STARTS; i++) {
  const before = performance.now()
  await once(spawn(process.execPath, ['-e', '0'], { stdio: 'ignore' }), 'exit')
  bareMs.push(performance.now() - before)

  const from = performance.now()
  const host = createFunctionHost({ mode: 'sandbox', spares: 0 })
  await host.start()
  elapsedMs.push(performance.now() - from)
  processorMs.push(processorTimeMs(host.pid as number))
  const fn = host.compile(SOURCE, { name: 'next', timeoutMs: 1_000 })
  const answer = JSON.stringify((await fn.call([401])).result)
  if (answer !== '[402]') throw new Error(`wrong answer: ${answer}`)
  await host.close()
}
print('bare Node, start to end', bareMs)
print('start of a host', elapsedMs)
print('its processor time', processorMs)

function processorTimeMs(pid: number): number {
  const threads = readdirSync(`/proc/${pid}/task`)
  const ns = threads.map((thread) => {
    return Number(readFileSync(`/proc/${pid}/task/${thread}/schedstat`, 'utf8').split(' ')[0])
  })
  return ns.reduce((sum, one) => sum + one, 0) / 1e6
}

function print(name: string, values: readonly number[]): void {
  const sorted = values.toSorted((a, b) => a - b)
  const [least, median, most] = [0, 0.5, 1].map((part) => {
    return Math.round(sorted[Math.floor(part * (sorted.length - 1))] as number)
  })
  console.log(`${name.padEnd(26)} least ${least}, median ${median}, most ${most} ms`)
}
