import { expect } from 'vitest'
import { createFunctionHost, type FunctionHost, type FunctionHostOptions } from '../src/index.ts'

const opened: FunctionHost[] = []

/** A host of its own for one test, with one process unless told. */
export async function open(options: Partial<FunctionHostOptions> = {}): Promise<FunctionHost> {
  const host = createFunctionHost({ mode: 'sandbox', spares: 0, ...options })
  opened.push(host)
  await host.start()
  return host
}

export async function closeAll(): Promise<void> {
  await Promise.all(opened.splice(0).map((host) => host.close()))
}

/** The result, or the code of the error. */
export async function outcome(call: Promise<{ readonly result: unknown }>): Promise<unknown> {
  try {
    return (await call).result
  } catch (error) {
    return (error as { readonly code: string }).code
  }
}

/** A process that was ended is gone as soon as the system gets to it. */
export async function expectGone(pid: number | undefined): Promise<void> {
  // A busy machine may take seconds to end a process.
  for (let i = 0; i < 500 && isAlive(pid); i++) await later(20)
  expect(isAlive(pid)).toBe(false)
}

function isAlive(pid: number | undefined): boolean {
  try {
    process.kill(pid as number, 0)
    return true
  } catch {
    return false
  }
}

/** For things in other processes, where no fake clock reaches. */
export function later(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms)
  })
}
