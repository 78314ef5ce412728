import {
  type CheckExitFunction,
  type CompileExitFunction,
  createExitTransformerPlugin,
} from '@postern/exit-transformer'
import {
  type ConsumerLoader,
  createKeyAuth,
  type CredentialLookup,
  keyauth_credentials,
} from '@postern/key-auth'
import type { Plugin } from '@postern/plugin-runtime'
import type { EntitySchema } from '@postern/schema'

/** What the plugins that come with the gateway need from outside. */
export interface PluginNeeds {
  readonly engine: { readonly compile: CompileExitFunction; readonly check: CheckExitFunction }
  readonly lookup: CredentialLookup
  readonly loadConsumer: ConsumerLoader
}

/** The plugins that come with the gateway, and the entities that they bring. */
export const BUNDLED_PLUGINS: readonly {
  readonly name: string
  readonly entities: readonly EntitySchema[]
}[] = [
  { name: 'key-auth', entities: [keyauth_credentials] },
  { name: 'exit-transformer', entities: [] },
]

/** Makes them, given what they need of one Snapshot. */
export function bundledPlugins(needs: PluginNeeds): readonly Plugin[] {
  return [
    createKeyAuth({ lookup: needs.lookup, loadConsumer: needs.loadConsumer }),
    createExitTransformerPlugin(needs.engine),
  ] as readonly Plugin[]
}
