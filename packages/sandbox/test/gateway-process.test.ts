import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { afterEach, describe, expect, it } from 'vitest'
import { expectGone, later } from './open-hosts.ts'

const GATEWAY = fileURLToPath(new URL('./fixtures/gateway.ts', import.meta.url))

interface Said {
  readonly result: unknown
  readonly pid: number
}

const started: ChildProcess[] = []

afterEach(() => {
  for (const gateway of started.splice(0)) gateway.kill('SIGKILL')
})

/** Starts a gateway in a process of its own, and answers what it says when it serves. */
async function start(...options: string[]): Promise<{ gateway: ChildProcess; said: Said }> {
  const gateway = spawn(process.execPath, [...process.execArgv, GATEWAY, ...options], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  started.push(gateway)
  const lines = createInterface({ input: gateway.stdout as NodeJS.ReadableStream })
  const [line] = (await once(lines, 'line')) as [string]
  return { gateway, said: JSON.parse(line) as Said }
}

describe('the processes of a gateway', () => {
  // At once, the spare is still starting.
  it.each([0, 2000])(
    'end with it, also one in a loop that nothing counts, after %d ms',
    async (ms) => {
      const { gateway, said } = await start('--busy')
      await later(ms)
      gateway.kill('SIGKILL')
      await expectGone(said.pid)
    },
  )

  it('do not keep it alive when they have nothing to do', async () => {
    const { gateway, said } = await start()
    if (gateway.exitCode === null) await once(gateway, 'exit')
    expect(gateway.exitCode).toBe(0)
    await expectGone(said.pid)
  })

  it('serve a gateway that has locked its own intrinsics down', async () => {
    const { gateway, said } = await start('--lockdown', '--close')
    expect(said.result).toBe(2)
    if (gateway.exitCode === null) await once(gateway, 'exit')
    expect(gateway.exitCode).toBe(0)
  })
})
