import type { Log, LogLevel } from '@postern/plugin-runtime'
import {
  type CompileFunctionOptions,
  createFunctionHost,
  type Endowment,
  type FunctionHost,
  type FunctionLogLine,
  type HostState,
  type ModuleSources,
  type SandboxedFunction,
  type SwitchedOff,
} from '@postern/sandbox'

/** The process of the JavaScript functions, shared by all plugins that run any. */
export interface JavaScriptHost {
  /**
   * Compiles a function; the host is made with the first of them.
   *
   * One that was saved when the settings listed more modules fails when it is called, so that a
   * setting does not keep the gateway from starting.
   *
   * @throws POSTERN_SANDBOX_SYNTAX
   */
  compile(source: string, options: Omit<CompileFunctionOptions, 'modules'>): SandboxedFunction
  /**
   * Resolves when functions can be called at once: when a process is ready, or none is needed.
   * After `atMostMs`, or when no process starts, it resolves all the same: calls tell what is wrong.
   */
  ready(atMostMs: number): Promise<void>
  /** Its processes, functions and circuit breakers; undefined before the first function. */
  state(): HostState | undefined
  close(): Promise<void>
  /** What functions may import that are compiled now. */
  readonly modules: ModuleSources
}

/** What functions may do, and who is told. */
export interface JavaScriptHostOptions {
  readonly mode: 'sandbox' | 'on'
  /** In mode `sandbox`. */
  readonly endowments: readonly Endowment[]
  /** In mode `sandbox`: what functions may import, asked for with each; nothing unless given. */
  readonly modules?: () => ModuleSources
  readonly log: Log
}

/** Starts nothing before a function asks for it. */
export function createJavaScriptHost(options: JavaScriptHostOptions): JavaScriptHost {
  const { modules = () => NONE } = options
  let host: FunctionHost | undefined
  return {
    compile(source, compileOptions) {
      host ??= startHost(options)
      try {
        return host.compile(source, { ...compileOptions, modules: modules() })
      } catch (error) {
        if (!(error instanceof Error && 'unlisted' in error)) throw error
        return { modules: [], call: () => Promise.reject(error) }
      }
    },
    ready: async (atMostMs) => {
      if (host !== undefined) await settled(host.start(), atMostMs)
    },
    state: () => host?.state(),
    close: async () => host?.close(),
    get modules() {
      return modules()
    },
  }
}

const NONE: ModuleSources = {}

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
    onSwitchedOff: ({ name, owner, forMs }: SwitchedOff) => {
      // As `compile` was given it.
      const { id } = (owner ?? {}) as { readonly id?: string }
      const whose = id === undefined ? '' : ` of plugin ${id}`
      log.err(`${name}${whose} ended its process too often and is skipped for ${forMs} ms`)
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
