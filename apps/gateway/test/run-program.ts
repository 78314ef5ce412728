import { spawn } from 'node:child_process'
import path from 'node:path'

/** What a run of the program left behind. */
export interface ProgramRun {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** How the program is run. */
export interface RunOptions {
  /** The current folder. */
  readonly folder: string
  readonly env?: Readonly<Record<string, string>>
}

const MAIN = path.resolve(import.meta.dirname, '../src/main.ts')

/** Runs the program as a user runs it, with standard output and error as pipes, until it ends. */
export function runProgram(
  args: readonly string[],
  { folder, env = {} }: RunOptions,
): Promise<ProgramRun> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(POSTERN|KONG|VITEST)_/.test(name))
  const child = spawn(process.execPath, ['--conditions=@postern/source', MAIN, ...args], {
    cwd: folder,
    env: { ...Object.fromEntries(kept), ...env },
  })
  let stdout = ''
  let stderr = ''
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  return new Promise((resolve) => {
    child.once('close', (code) => resolve({ code, stdout, stderr }))
  })
}
