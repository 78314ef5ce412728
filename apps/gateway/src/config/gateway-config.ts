import type { CONFIG_KEYS, ConfigKey } from './config-keys.ts'
import type { ListenEntry } from './parse-listen.ts'

type Keys = typeof CONFIG_KEYS

/**
 * The configuration of the program, complete and checked: a value for each key of postern.conf.
 *
 * Frozen plain data, so that it can be sent to another process. Names and units are those of the
 * file; sizes are bytes, durations milliseconds, paths are absolute, listening nowhere is an empty list.
 */
export type GatewayConfig = { readonly [Key in keyof Keys]: ValueOf<Keys[Key]> }

/** A list without default is empty; anything else without default is null. */
type ValueOf<Key extends ConfigKey> = Key extends { readonly type: 'listen' }
  ? readonly ListenEntry[]
  : Key extends { readonly type: 'list' | 'addresses' | 'header tokens' }
    ? readonly string[]
    : Scalar<Key> | (Key['default'] extends null ? null : never)

type Scalar<Key extends ConfigKey> = Key extends { readonly type: 'boolean' }
  ? boolean
  : Key extends { readonly type: 'integer' | 'number' | 'size' | 'duration' }
    ? number
    : Key extends { readonly type: 'enum'; readonly values: readonly (infer Value)[] }
      ? Value
      : string
