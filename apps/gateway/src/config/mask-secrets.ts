import { CONFIG_KEYS, type ConfigKey } from './config-keys.ts'
import type { GatewayConfig } from './gateway-config.ts'

/** Kong's way to show that there is a value. */
const MASK = '******'

/** The configuration as it may be shown to those who read the Admin API or a log. */
export function maskSecrets(config: GatewayConfig): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(config).map(([name, value]) => [name, isSecret(name, value) ? MASK : value]),
  )
}

function isSecret(name: string, value: unknown): boolean {
  const key: ConfigKey = CONFIG_KEYS[name as keyof GatewayConfig]
  return key.secret === true && value !== null
}
