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
    state: () => host?.state(),
    close: async () => host?.close(),
  }
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
