import type { ErrorTemplates } from './error-templates.ts'
import type { ErrorType } from './error-type.ts'
import type { Exit } from './exit.ts'
import type { HeaderList } from './header-list.ts'
import type { PdkPhase } from './phase.ts'
import type { ResponseState } from './response-state.ts'
import { DEFAULT_TEMPLATES } from './error-templates.ts'

/** What the functions of `kong.response` read about a request. */
export interface ResponseRequest {
  /** Shown to the client in errors. 32 hex digits in Kong; empty when there is none. */
  readonly id: string
  readonly method: string
  /** 1, 1.1 or 2. */
  readonly httpVersion: number
  readonly headers: HeaderList
}

/** The settings of a server that change how responses are made. */
export interface ResponseSettings {
  /** How many headers `getHeaders` lists unless told otherwise (`lua_max_resp_headers`), 1 to 1000. */
  readonly maxHeaders: number
  /** `dash`: `_` in a name that a plugin sets goes out as `-`. */
  readonly underscores: 'dash' | 'keep'
  /** `stop`: an exit in header_filter ends the phase. `return`: it returns, and the last exit wins. */
  readonly headerFilterExit: 'return' | 'stop'
  readonly templates: ErrorTemplates
  /** The form of errors of the server itself when the request names none (`error_default_type`). */
  readonly errorDefaultType: ErrorType
}

/** Kong's defaults. */
export const DEFAULT_RESPONSE_SETTINGS: ResponseSettings = {
  maxHeaders: 100,
  underscores: 'dash',
  headerFilterExit: 'return',
  templates: DEFAULT_TEMPLATES,
  errorDefaultType: 'plain',
}

/** What `renderExit` needs of a server. */
export interface RenderHost {
  readonly request: ResponseRequest
  readonly response: ResponseState
  readonly settings: ResponseSettings
  readonly log: { warn(...values: readonly unknown[]): void }
}

/** What `kong.response` needs of a server: everything about the one request it is made for. */
export interface ResponseHost extends RenderHost {
  /** The phase that is running now. */
  readonly phase: PdkPhase
  /** The plugin that is running now, for `Exit.plugin`. */
  readonly pluginName: string | undefined
  /** Keeps an Exit and ends the phase (but for header_filter, where the last Exit wins). */
  recordExit(exit: Exit): void
}
