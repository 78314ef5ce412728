import type { Log } from '@postern/plugin-runtime'
import { ENDOWMENTS, type Endowment } from '@postern/sandbox'
import type { FunctionSettings } from './function-engine.ts'

/**
 * The globals that JavaScript functions get beside the language: those of the sandbox that
 * `untrusted_functions` names, and those that `untrusted_javascript_sandbox_environment` adds.
 *
 * As with Kong's settings of that kind, strict and lax are what they are: only `sandbox` is
 * extended. A name that there is nothing for is told and left out.
 */
export function endowmentsFor(
  {
    untrusted_functions: setting,
    untrusted_javascript_sandbox_environment: added = [],
  }: FunctionSettings,
  log: Log,
): readonly Endowment[] {
  if (setting === 'strict' || setting === 'lax') return ENDOWMENTS[setting]
  const known = added.filter(isEndowment)
  const unknown = added.filter((name) => !isEndowment(name))
  if (unknown.length > 0) {
    log.warn(
      `untrusted_javascript_sandbox_environment: there is no ${unknown.join(', ')}; ` +
        `there are ${ENDOWMENTS.lax.join(', ')}`,
    )
  }
  return [...new Set([...ENDOWMENTS.sandbox, ...known])]
}

function isEndowment(name: string): name is Endowment {
  return ENDOWMENTS.lax.some((known) => known === name)
}
