import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'

/** The program, run as a user runs it. */
export interface RunningProgram {
  readonly process: ChildProcess
  /** `http://127.0.0.1:PORT` of the proxy, the Admin API and the Status API. */
  readonly proxy: string
  /** `127.0.0.1:PORT` of each address of the proxy. */
  readonly proxyAddresses: readonly string[]
  readonly admin: string
  readonly status: string
  readonly prefix: string
  /** What it has written to standard error so far. */
  log(): string
  /** Resolves with the first whole line that holds the text, from a position in the log on. */
  logged(text: string, from?: number): Promise<string>
  /** Ends it with a signal and resolves with its exit code (null: by the signal). */
  stop(signal?: NodeJS.Signals): Promise<number | null>
  /** Removes what it wrote. */
  cleanUp(): void
}

export interface ProgramOptions {
  /** Keys of postern.conf, handed over as POSTERN_* variables. */
  readonly settings?: Readonly<Record<string, string>>
  /** Further variables of its environment. */
  readonly env?: Readonly<Record<string, string>>
  /** A folder that an earlier run has used. */
  readonly prefix?: string
  /** A postern.conf. */
  readonly conf?: string
  /** `npm start` instead of the program itself. */
  readonly byNpm?: boolean
}

const ROOT = path.resolve(import.meta.dirname, '../../..')
const MAIN = path.join(ROOT, 'apps/gateway/src/main.ts')
const SERVES = /serves on ([^;]+); Admin API on (\S+); status on (\S+)/
/** Less than a test may take: one that is given up would leave the program running. */
const START_MS = 18_000

/** Starts the program on ports of the system's choice and resolves when it serves. */
export async function startProgram(options: ProgramOptions = {}): Promise<RunningProgram> {
  const prefix = options.prefix ?? mkdtempSync(path.join(tmpdir(), 'postern-test-'))
  const [command, args]: [string, string[]] = options.byNpm
    ? ['npm', ['start', '--silent']]
    : [process.execPath, ['--conditions=@postern/source', MAIN, 'start', ...confOf(options)]]
  const child = spawn(command, args, {
    cwd: options.byNpm ? ROOT : prefix,
    env: {
      ...cleanEnvironment(),
      ...environment({ prefix, ...options.settings }),
      ...options.env,
    },
    // A group of its own, so that npm and what it starts can be ended together.
    detached: options.byNpm === true,
  })
  let stdout = ''
  let stderr = ''
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve))
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text
  })
  const addresses = await new Promise<string[]>((resolve, reject) => {
    const late = setTimeout(() => {
      // Nobody gets to see it, so nobody else would end it.
      process.kill(options.byNpm ? -(child.pid as number) : (child.pid as number), 'SIGKILL')
      reject(new Error(`not up in time: ${stderr}`))
    }, START_MS)
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      const match = SERVES.exec(stdout)
      if (match === null) return
      clearTimeout(late)
      resolve(match.slice(1, 4))
    })
    void exited.then((code) => {
      clearTimeout(late)
      reject(new Error(`ended with ${code}: ${stderr}`))
    })
  })
  const [proxies, admin, status] = addresses
  const proxyAddresses = (proxies as string).split(', ')
  return {
    process: child,
    proxy: `http://${proxyAddresses[0]}`,
    proxyAddresses,
    admin: `http://${admin}`,
    status: `http://${status}`,
    prefix,
    log: () => stderr,
    async logged(text, from = 0) {
      for (;;) {
        const line = stderr
          .slice(from)
          .split('\n')
          .slice(0, -1)
          .find((one) => one.includes(text))
        if (line !== undefined) return line
        await new Promise((resolve) => child.stderr.once('data', resolve))
      }
    },
    async stop(signal = 'SIGTERM') {
      if (options.byNpm) process.kill(-(child.pid as number), signal)
      else child.kill(signal)
      return exited
    },
    cleanUp: () => rmSync(prefix, { recursive: true, force: true }),
  }
}

function confOf({ conf }: ProgramOptions): string[] {
  return conf === undefined ? [] : ['-c', conf]
}

function environment(settings: Readonly<Record<string, string>>): Record<string, string> {
  const defaults = {
    proxy_listen: '127.0.0.1:0',
    admin_listen: '127.0.0.1:0',
    status_listen: '127.0.0.1:0',
  }
  const entries = Object.entries({ ...defaults, ...settings })
  return Object.fromEntries(entries.map(([key, value]) => [`POSTERN_${key.toUpperCase()}`, value]))
}

/** What the person who runs the tests has set must not change them; the engine is theirs to choose. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => name === 'POSTERN_HTTP_ENGINE' || !/^(POSTERN|KONG|VITEST)_/.test(name),
  )
  return Object.fromEntries(kept)
}
