import { type Kong, type PdkFunction, pdkFunctions } from '@postern/plugin-runtime'
import { applyState, type KongEffects } from './apply-effects.ts'
import type { KongSnapshot } from './kong-snapshot.ts'

const SETTERS = [
  /^response\.(?:set_status|set_headers?|add_header|clear_header|exit|error)$/,
  /^service\.(?:request\.)?(?:set|add|clear|enable)_\w+$/,
  /^client\.authenticate$/,
  /^log\.\w+$/,
]

/** Functions that may be called this way, whatever the other process says. */
const ALLOWED: ReadonlyMap<string, PdkFunction> = new Map(
  pdkFunctions
    .filter(({ name }) => SETTERS.some((pattern) => pattern.test(name)))
    .map((fn) => [fn.name, fn]),
)

/**
 * Does what a function of a phase did, in order. An exit ends the phase, and a call that is refused
 * is a failure of the plugin, as both would be in this process.
 *
 * @throws the signal of an exit, and what a call throws
 */
export function applyPhaseEffects(effects: KongEffects, kong: Kong, snapshot: KongSnapshot): void {
  applyState(effects, kong, snapshot)
  for (const [name, args] of effects.calls) ALLOWED.get(name)?.call(kong, args)
}
