import { definePlugin, type HandlerPhase, type Plugin } from '@postern/plugin-runtime'
import type { FunctionPhase, PhaseFunctionEngine } from './phase-function.ts'
import { type PreparedFunctions, prepareFunctions } from './prepare-functions.ts'
import { runFunctions } from './run-functions.ts'
import { type PhaseFunctionsConfig, phaseFunctionsSchema } from './schema.ts'

/**
 * Makes the plugin pre-function: your own functions in any phase, before all other plugins.
 *
 * @see Kong Gateway docs, plugin pre-function
 */
export function createPreFunctionPlugin(engine: PhaseFunctionEngine): Plugin<PhaseFunctionsConfig> {
  return createPhaseFunctionsPlugin({ name: 'pre-function', priority: 1_000_000 }, engine)
}

/** Makes a plugin of that kind under another name and at another place in the order. */
export function createPhaseFunctionsPlugin(
  about: { readonly name: string; readonly priority: number },
  engine: PhaseFunctionEngine,
): Plugin<PhaseFunctionsConfig> {
  return definePlugin({
    name: about.name,
    version: '0.1.0',
    priority: about.priority,
    schema: phaseFunctionsSchema(about.name, engine.check),
    no_consumer: true,

    prepare: (config, instance) => prepareFunctions(config, instance, engine.compile),
    needsBody: (phase, _config, prepared) =>
      (phase === 'rewrite' || phase === 'access') && of(prepared)[phase].some((fn) => fn.needsBody),
    usesPhase: (phase, config) => isFunctionPhase(phase, config) && config[phase].length > 0,

    certificate: (kong, _config, prepared) => runFunctions(of(prepared).certificate, kong),
    rewrite: (kong, _config, prepared) => runFunctions(of(prepared).rewrite, kong),
    access: (kong, _config, prepared) => runFunctions(of(prepared).access, kong),
    header_filter: (kong, _config, prepared) => runFunctions(of(prepared).header_filter, kong),
    body_filter(kong, _config, prepared, piece) {
      // A promise is refused by whoever runs the phase.
      return runFunctions(of(prepared).body_filter, kong, piece) as void
    },
    log: (kong, _config, prepared) => runFunctions(of(prepared).log, kong),
  })
}

function isFunctionPhase(
  phase: HandlerPhase,
  config: PhaseFunctionsConfig,
): phase is FunctionPhase {
  return Object.hasOwn(config, phase)
}

function of(prepared: unknown): PreparedFunctions {
  return prepared as PreparedFunctions
}
