import type { Log, LogLevel } from '@postern/plugin-runtime'
import {
  createFunctionHost,
  type Endowment,
  type FunctionHost,
  type FunctionLogLine,
  type HostState,
  type SwitchedOff,
} from '@postern/sandbox'

/** The process of the JavaScript functions, shared by all plugins that run any. */
export interface JavaScriptHost {
  /** Made when the first function is compiled. */
  host(): FunctionHost
  /**
   * Resolves when functions can be called at once: when a process is ready, or none is needed.
   * After `atMostMs`, or when no process starts, it resolves all the same: calls tell what is wrong.
   */
  ready(atMostMs: number): Promise<void>
  /** Its processes, functions and circuit breakers; undefined before the first function. */
  state(): HostState | undefined
  close(): Promise<void>
}

/** What functions may do, and who is told. */
export interface JavaScriptHostOptions {
  readonly mode: 'sandbox' | 'on'
  /** In mode `sandbox`. */
  readonly endowments: readonly Endowment[]
  readonly log: Log
}

/** Starts nothing before a function asks for it. */
export function createJavaScriptHost(options: JavaScriptHostOptions): JavaScriptHost {
  let host: FunctionHost | undefined
  return {
    host: () => (host ??= startHost(options)),
    ready: async (atMostMs) => {
      if (host !== undefined) await settled(host.start(), atMostMs)
    },
    state: () => host?.state(),
    close: async () => host?.close(),
  }
}

async function settled(work: Promise<void>, atMostMs: number): Promise<void> {
  const late = Promise.withResolvers<void>()
  // Keeps the program alive, which a process that starts does not.
  const timer = setTimeout(late.resolve, atMostMs)
  await Promise.race([work.catch(() => {}), late.promise])
  clearTimeout(timer)
}

function startHost({ mode, endowments, log }: JavaScriptHostOptions): FunctionHost {
  return createFunctionHost({
    mode,
    endowments,
    prelude: import.meta.resolve('#kong-prelude'),
    log: ({ name, level, text }: FunctionLogLine) => {
      log[LEVELS.get(level) ?? 'notice'](`[${name}] ${text}`)
    },
    onSwitchedOff: ({ name, forMs }: SwitchedOff) => {
      log.err(`${name} ended its process too often and is skipped for ${forMs} ms`)
    },
  })
}

/** Levels of a console, as Kong has them. */
const LEVELS: ReadonlyMap<string, LogLevel> = new Map([
  ['debug', 'debug'],
  ['info', 'info'],
  ['warn', 'warn'],
  ['error', 'err'],
])
