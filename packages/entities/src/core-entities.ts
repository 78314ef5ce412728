import type { EntitySchema } from '@postern/schema'
import { ca_certificates } from './ca-certificates.ts'
import { certificates } from './certificates.ts'
import { consumers } from './consumers.ts'
import { key_sets } from './key-sets.ts'
import { keys } from './keys.ts'
import { plugins } from './plugins.ts'
import { routes } from './routes.ts'
import { services } from './services.ts'
import { snis } from './snis.ts'
import { targets } from './targets.ts'
import { upstreams } from './upstreams.ts'
import { vaults } from './vaults.ts'

/**
 * The entities every gateway has, each after those it refers to. Plugins bring more, for example
 * credentials.
 */
export const coreEntities: readonly EntitySchema[] = [
  certificates,
  ca_certificates,
  snis,
  services,
  routes,
  consumers,
  upstreams,
  targets,
  plugins,
  vaults,
  key_sets,
  keys,
]
