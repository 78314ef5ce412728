import type { Plugin } from '@postern/plugin-runtime'
import {
  createPhaseFunctionsPlugin,
  type PhaseFunctionEngine,
  type PhaseFunctionsConfig,
} from '@postern/pre-function'

/**
 * Makes the plugin post-function: your own functions in any phase, after all other plugins.
 *
 * @see Kong Gateway docs, plugin post-function
 */
export function createPostFunctionPlugin(
  engine: PhaseFunctionEngine,
): Plugin<PhaseFunctionsConfig> {
  return createPhaseFunctionsPlugin({ name: 'post-function', priority: -1000 }, engine)
}
