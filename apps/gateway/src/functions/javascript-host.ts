import type { Log, LogLevel } from '@postern/plugin-runtime'
import {
  createFunctionHost,
  type FunctionHost,
  type FunctionLogLine,
  type SwitchedOff,
} from '@postern/sandbox'

/** The process of the JavaScript functions, shared by all plugins that run any. */
export interface JavaScriptHost {
  /** Made when the first function is compiled. */
  host(): FunctionHost
  close(): Promise<void>
}

/** Starts nothing before a function asks for it. */
export function createJavaScriptHost(mode: 'sandbox' | 'on', log: Log): JavaScriptHost {
  let host: FunctionHost | undefined
  return {
    host: () => (host ??= startHost(mode, log)),
    close: async () => host?.close(),
  }
}

function startHost(mode: 'sandbox' | 'on', log: Log): FunctionHost {
  return createFunctionHost({
    mode,
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
