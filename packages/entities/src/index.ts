// Routing: which requests go where.
export type { CheckExpression } from './expression-fields.ts'
export type { AddressRange, Route } from './route.ts'
export { regexProblem } from './regex-problem.ts'
export type { RouterFlavor } from './route-subschemas.ts'
export { createRoutes, routes, type RoutesOptions } from './routes.ts'
export { type Service, services } from './services.ts'
export type { Protocol } from './protocol.ts'

export { DEFAULT_WORKSPACE } from './default-workspace.ts'

// Callers and plugins.
export { type Consumer, consumers } from './consumers.ts'
export { type Plugin, type PluginOrdering, plugins } from './plugins.ts'

// Balancing.
export { normalizeTarget, type Target, targets } from './targets.ts'
export { type HashInput, type Upstream, upstreams } from './upstreams.ts'
export type {
  ActiveHealthcheck,
  Healthchecks,
  HealthcheckType,
  HealthyRule,
  PassiveHealthcheck,
  UnhealthyRule,
} from './healthchecks.ts'

// Certificates, keys, vaults.
export { type CaCertificate, ca_certificates } from './ca-certificates.ts'
export { type Certificate, certificates } from './certificates.ts'
export { type Key, keys } from './keys.ts'
export { type KeySet, key_sets } from './key-sets.ts'
export { type Sni, snis } from './snis.ts'
export { type Vault, vaults } from './vaults.ts'

// All of them.
export { coreEntities } from './core-entities.ts'

// The declarative format: the contents of a kong.yml.
export {
  type DeclarativeOptions,
  parseDeclarative,
  type ParsedDeclarative,
} from './declarative/parse-declarative.ts'
export type { DeclaredRow } from './declarative/check-unique.ts'
export type { DeclarativeFault, DocumentKeys } from './declarative/declarative-fault.ts'
export { faultTree } from './declarative/fault-tree.ts'
