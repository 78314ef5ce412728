import type { ExitFunctionContext } from '@postern/exit-transformer'
import type { Kong } from '@postern/plugin-runtime'
import { CallsInProcess } from './calls-in-process.ts'
import type { CallThatWaits } from './finish-waiting.ts'

/** The call of a function that is running in this process. */
export interface RunningCall extends CallThatWaits {
  /** As it was compiled with it: `exit-transformer[1]`. */
  readonly name: string
  readonly context: ExitFunctionContext
  /** What the function does through `kong` is thrown away. */
  readonly isShadow: boolean
}

/** The calls of exit-transformer's functions in Lua. */
export class CallStack extends CallsInProcess<RunningCall> {
  /** The `kong` of the request. Throws a text for the author of the function. */
  kong(name: string): Kong {
    const kong = this.current?.kong
    if (kong === undefined) throw new Error(`kong.${name} needs a request, and there is none`)
    return kong
  }
}
