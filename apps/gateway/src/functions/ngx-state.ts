import type { Kong } from '@postern/plugin-runtime'

/** What `ngx` keeps for one request. */
export interface NgxState {
  /** `ngx.ctx`. */
  readonly ctx: Record<string, unknown>
  /** What `ngx.say` and `ngx.print` have written. */
  readonly said: Uint8Array[]
  /** `ngx.status`, where it was set. */
  status: number | undefined
}

const stateByKong = new WeakMap<Kong, NgxState>()

/** The state of a request, made when it is first asked for. */
export function ngxStateOf(kong: Kong): NgxState {
  const known = stateByKong.get(kong)
  if (known !== undefined) return known
  // Keys come from users, so nothing is inherited.
  const ctx = Object.create(null) as Record<string, unknown>
  const state: NgxState = { ctx, said: [], status: undefined }
  stateByKong.set(kong, state)
  return state
}
