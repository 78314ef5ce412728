import type { Kong } from '@postern/plugin-runtime'
import type { PhaseFunction, PhaseFunctionOptions } from '@postern/pre-function'
import type { KongEffects } from './apply-effects.ts'
import { applyPhaseEffects } from './apply-phase-effects.ts'
import { asksForBody } from './asks-for-body.ts'
import { type KnownLanguage, plainSource } from './function-language.ts'
import type { JavaScriptHost } from './javascript-host.ts'
import { withModules } from './javascript-modules.ts'
import { compilePhaseSnapshot } from './kong-snapshot.ts'

/** For one call, waiting included, unless the settings say otherwise. */
const DEFAULT_TIMEOUT_MS = 1000

/**
 * Compiles JavaScript and TypeScript functions of pre-function and post-function to run in a
 * process of their own: `(kong) => { ... }`.
 *
 * They read a snapshot of the request, and what they do is done here when they have returned. A
 * function that failed has done nothing.
 */
export function createPhaseJavaScript(
  host: JavaScriptHost,
  timeoutMs: number = DEFAULT_TIMEOUT_MS,
): (
  source: string,
  options: PhaseFunctionOptions,
  language: Exclude<KnownLanguage, 'lua'>,
) => PhaseFunction {
  return (source, { name, instance, phase }, language) => {
    const owned = { name, owner: instance }
    const fn = host.compile(plainSource(source), { ...owned, timeoutMs, language })
    const text = withModules(source, fn, host.modules)
    const takeSnapshot = compilePhaseSnapshot(text, phase)
    const needsBody = asksForBody(text, phase)
    return {
      needsBody,
      async run(given) {
        const kong = given as Kong
        const snapshot = takeSnapshot(kong, needsBody ? bodyOf(kong) : undefined)
        const { effects } = await fn.call([], snapshot)
        if (effects === undefined || effects === null) return
        applyPhaseEffects(effects as KongEffects, kong, snapshot)
      },
    }
  }
}

/** Undefined where it could not be read. */
function bodyOf(kong: Kong): Uint8Array | undefined {
  try {
    const body = kong.request.getRawBody()
    return body instanceof Promise ? undefined : body
  } catch {
    // The function is told so when it asks.
    return undefined
  }
}
