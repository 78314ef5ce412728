import { type Kong, type PdkFunction, pdkFunctions } from '@postern/plugin-runtime'
import type { KongSnapshot } from './kong-snapshot.ts'
import type { PlainData } from './plain-data.ts'

/** What a function in another process did with `kong`. */
export interface KongEffects {
  /** Calls in order: Kong's name and the arguments. */
  readonly calls: readonly (readonly [name: string, args: readonly PlainData[]])[]
  /** `kong.ctx.shared` and `kong.ctx.plugin` as they are now, where they changed. */
  readonly shared?: PlainData
  readonly plugin?: PlainData
}

/** Functions that may be called this way, whatever the other process says. */
const ALLOWED: ReadonlyMap<string, PdkFunction> = new Map(
  pdkFunctions
    .filter(({ name }) => /^response\.(?:set|add|clear)_|^log\.\w+$/.test(name))
    .filter(({ name }) => name !== 'response.set_raw_body')
    .map((fn) => [fn.name, fn]),
)

/**
 * Does what a function did, in order. A call that is refused is logged, and the rest is done all
 * the same: the answer of the function stands.
 */
export function applyEffects(
  effects: KongEffects,
  kong: Kong,
  about: { readonly name: string; readonly snapshot: KongSnapshot },
): void {
  for (const [name, args] of effects.calls) {
    try {
      ALLOWED.get(name)?.call(kong, args)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      kong.log.err(`${about.name}: kong.${name}: ${reason}`)
    }
  }
  applyState(effects, kong, about.snapshot)
}

/** Keeps what a function changed in `kong.ctx.shared` and `kong.ctx.plugin`. */
export function applyState(effects: KongEffects, kong: Kong, snapshot: KongSnapshot): void {
  replace(kong.ctx.shared, snapshot.shared, effects.shared)
  replace(kong.ctx.plugin, snapshot.plugin, effects.plugin)
}

type Table = Readonly<Record<string, PlainData>>

/** Only what the function saw and changed: the rest may hold more than data. */
function replace(state: Record<string, unknown>, before: PlainData, after: PlainData): void {
  if (!isTable(after)) return
  const old = isTable(before) ? before : {}
  for (const [key, value] of Object.entries(after)) {
    if (JSON.stringify(old[key]) !== JSON.stringify(value)) state[key] = value
  }
  for (const key of Object.keys(old)) {
    if (!Object.hasOwn(after, key)) delete state[key]
  }
}

function isTable(value: PlainData): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
