import { createExitTransformerPlugin, type ExitFunctionEngine } from '@postern/exit-transformer'
import {
  createKeyAuth,
  KEY_AUTH_EXIT_REASONS,
  type KeyAuthOptions,
  keyauthCredentials,
} from '@postern/key-auth'
import type { ExitReasons } from '@postern/pdk-response'
import type { Plugin } from '@postern/plugin-runtime'
import { createPostFunctionPlugin } from '@postern/post-function'
import { createPreFunctionPlugin, type PhaseFunctionEngine } from '@postern/pre-function'
import {
  createRequestTerminationPlugin,
  REQUEST_TERMINATION_EXIT_REASONS,
} from '@postern/request-termination'
import type { EntitySchema } from '@postern/schema'
import { isTraced } from './trace-exits.ts'

/** What the plugins that come with the gateway need from outside. */
export interface PluginNeeds {
  /** Compiles the functions of exit-transformer. */
  readonly engine: ExitFunctionEngine & {
    /** Those of pre-function and post-function. */
    readonly phases: PhaseFunctionEngine
  }
  /** Finds who a key belongs to, and Consumers. */
  readonly consumers: KeyAuthOptions
  /** Names of headers and query arguments that carry keys: functions do not see their values. */
  readonly secretNames: () => Iterable<string>
}

/** The plugins that come with the gateway, the entities that they bring, and why they answer. */
export const BUNDLED_PLUGINS: readonly {
  readonly name: string
  readonly entities: readonly EntitySchema[]
  /** For docs/exit-reasons.md. Absent: it makes no Exit, or those of its functions. */
  readonly reasons?: ExitReasons
}[] = [
  { name: 'key-auth', entities: [keyauthCredentials], reasons: KEY_AUTH_EXIT_REASONS },
  { name: 'exit-transformer', entities: [] },
  { name: 'pre-function', entities: [] },
  { name: 'post-function', entities: [] },
  { name: 'request-termination', entities: [], reasons: REQUEST_TERMINATION_EXIT_REASONS },
]

/** Makes them, given what they need of one Snapshot. */
export function bundledPlugins(needs: PluginNeeds): readonly Plugin[] {
  const { consumers, engine, secretNames } = needs
  return [
    createKeyAuth(consumers),
    createExitTransformerPlugin(engine, { secretNames, isTraced }),
    createPreFunctionPlugin(engine.phases),
    createPostFunctionPlugin(engine.phases),
    createRequestTerminationPlugin(),
  ] as readonly Plugin[]
}
