import { pdkErrors } from './errors.ts'

/**
 * The phases a function of the PDK may ask about, in Kong's own order, which is also the order in
 * which a refusal lists them.
 */
export const PDK_PHASES = [
  'init_worker',
  'certificate',
  'client_hello',
  'rewrite',
  'access',
  'balancer',
  'response',
  'cluster_listener',
  'header_filter',
  'body_filter',
  'log',
  'preread',
  'error',
  'admin_api',
] as const

/** A moment in a request in which functions of the PDK are called. */
export type PdkPhase = (typeof PDK_PHASES)[number]

/** The phases in which a group of functions may be called. */
export interface PhaseSet {
  readonly allowed: ReadonlySet<PdkPhase>
  /** The end of a refusal: `only in: rewrite, access`. */
  readonly told: string
  /** What is said where no phase is known at all. */
  readonly unknown: string
}

/** Makes the set of phases that a group of functions is limited to. */
export function onlyIn(...phases: readonly PdkPhase[]): PhaseSet {
  const allowed = new Set(phases)
  const names = inKongsOrder(allowed)
  return { allowed, told: `only in: ${names}`, unknown: `${NO_PHASE}, (need one of ${names})` }
}

/** Makes the set of all phases but these. */
export function exceptIn(...phases: readonly PdkPhase[]): PhaseSet {
  const refused = new Set(phases)
  const allowed = new Set(PDK_PHASES.filter((phase) => !refused.has(phase)))
  const told = `can be called in any phases except: ${inKongsOrder(refused)}`
  return { allowed, told, unknown: NO_PHASE }
}

const NO_PHASE = 'no phase in ngx.ctx.KONG_PHASE'

/**
 * Refuses a call in a phase outside the set, with Kong's text.
 *
 * @throws POSTERN_PDK_WRONG_PHASE
 */
export function checkPhase(phase: PdkPhase, set: PhaseSet): void {
  if (!set.allowed.has(phase)) throw pdkErrors.WRONG_PHASE(refusal(phase, set))
}

/** A phase comes from the host, which may be JavaScript, so none and an unknown one are possible. */
function refusal(phase: PdkPhase | undefined, set: PhaseSet): string {
  if (phase === undefined) return set.unknown
  return `function cannot be called in ${nameOf(phase)} phase (${set.told})`
}

function inKongsOrder(phases: ReadonlySet<PdkPhase>): string {
  return PDK_PHASES.filter((phase) => phases.has(phase)).join(', ')
}

function nameOf(phase: string): string {
  return (PDK_PHASES as readonly string[]).includes(phase) ? phase : "'unknown phase'"
}
