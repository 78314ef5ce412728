import { existsSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import { suggest } from '../cli/suggest.ts'
import { ConfigError } from './config-error.ts'
import { CONFIG_KEYS, type ConfigKey } from './config-keys.ts'
import { configErrors } from './errors.ts'
import type { GatewayConfig } from './gateway-config.ts'
import { type ItemPlace, keepItemPlaces } from './item-places.ts'
import { isUnsupportedKongKey, NEEDLESS_KONG_KEYS } from './kong-keys.ts'
import { parseConf, type Setting } from './parse-conf.ts'
import { type Place, type Problem, problemAt } from './problem.ts'
import { defaultValue, readValue, splitList } from './read-value.ts'

/** Where a configuration comes from; later fields hold over earlier ones. */
export interface ConfigSources {
  /** Path of a postern.conf. Unless given, `postern.conf` in `folder` is read if it is there. */
  readonly file?: string | undefined
  /** What holds unless the file or anything else says otherwise, as it would stand in the file. */
  readonly defaults?: Readonly<Record<string, string>>
  /** `process.env` for one: `KONG_*` for the keys that Kong has, and over those `POSTERN_*`. */
  readonly env: Readonly<Record<string, string | undefined>>
  /** What the command line says, as it would stand in the file. */
  readonly overrides?: Readonly<Record<string, string>>
  /** Relative paths start here; the current folder unless given. */
  readonly folder?: string
}

export interface LoadedConfig {
  readonly config: GatewayConfig
  readonly warnings: readonly Problem[]
}

/**
 * Reads the configuration of the program from a file, the environment and overrides.
 *
 * @throws POSTERN_CONFIG_INVALID a `ConfigError` with every problem and its place
 */
export function loadConfig(sources: ConfigSources): LoadedConfig {
  const folder = resolve(sources.folder ?? '.')
  const problems: Problem[] = []
  const settings = [
    ...readOverrides(sources.defaults ?? {}),
    ...readConf(sources.file, folder, problems),
    ...readEnvironment(sources.env, 'KONG_', problems),
    ...readEnvironment(sources.env, 'POSTERN_', problems),
    ...readOverrides(sources.overrides ?? {}),
  ]
  const values = new Map<string, unknown>()
  for (const [name, setting] of lastOfEach(settings, problems)) {
    applySetting(name, setting, { folder, problems, values })
  }
  if (problems.some(({ severity }) => severity === 'error')) throw new ConfigError(problems)
  return { config: complete(values, folder), warnings: problems }
}

function readConf(file: string | undefined, folder: string, problems: Problem[]): Setting[] {
  const path = file ?? join(folder, 'postern.conf')
  if (file === undefined && !existsSync(path)) return []
  try {
    const origin = file ?? 'postern.conf'
    const conf = parseConf(readFileSync(resolve(folder, path), 'utf8'), origin)
    problems.push(...conf.problems)
    return [...conf.settings]
  } catch (error) {
    const reason = (error as NodeJS.ErrnoException).code ?? (error as Error).message
    const place = { origin: path, line: undefined, column: undefined }
    problems.push(problemAt(place, configErrors.FILE_UNREADABLE(path, reason).causedBy(error)))
    return []
  }
}

/**
 * The variables that belong to us. Others that begin alike are let be: an orchestrator adds
 * `POSTERN_SERVICE_HOST` and the like to the environment when a service is named so. What is
 * nearly one of our keys is told as a warning.
 */
function readEnvironment(
  env: ConfigSources['env'],
  prefix: 'KONG_' | 'POSTERN_',
  problems: Problem[],
): Setting[] {
  const settings: Setting[] = []
  for (const [variable, value] of Object.entries(env)) {
    if (value === undefined || !variable.startsWith(prefix)) continue
    const key = variable.slice(prefix.length).toLowerCase()
    const place = { origin: `environment variable ${variable}`, line: undefined, column: undefined }
    if (isKey(key, prefix))
      settings.push({ key, value, keyPlace: place, valuePlace: place, sourceLine: undefined })
    else if (prefix === 'POSTERN_') problems.push(...misspelled(key, place))
  }
  return settings
}

function isKey(key: string, prefix: 'KONG_' | 'POSTERN_'): boolean {
  const name = KEY_OF_NAME.get(key)
  if (name === undefined) return NEEDLESS_KONG_KEYS.has(key) || isUnsupportedKongKey(key)
  return prefix === 'POSTERN_' || key !== name || keyOf(name).kong === true
}

function misspelled(key: string, place: Place): Problem[] {
  const suggestion = suggest(key, KEY_OF_NAME.keys())
  if (suggestion === undefined) return []
  return [problemAt(place, configErrors.KEY_UNKNOWN(key, suggestion), { severity: 'warning' })]
}

function readOverrides(overrides: Readonly<Record<string, string>>): Setting[] {
  const place = { origin: 'command line', line: undefined, column: undefined }
  return Object.entries(overrides).map(([key, value]) => ({
    key,
    value,
    keyPlace: place,
    valuePlace: place,
    sourceLine: undefined,
  }))
}

/** The setting that holds for each key, whichever of its names was used. */
function lastOfEach(settings: readonly Setting[], problems: Problem[]): Map<string, Setting> {
  const last = new Map<string, Setting>()
  for (const setting of settings) {
    const name = KEY_OF_NAME.get(setting.key) ?? setting.key
    const earlier = last.get(name)?.keyPlace
    if (earlier?.line !== undefined && setting.keyPlace.line !== undefined) {
      const error = configErrors.KEY_REPEATED(setting.key, earlier.line)
      problems.push(problemAt(setting.keyPlace, error, { severity: 'warning' }))
    }
    last.set(name, setting)
  }
  return last
}

interface Applied {
  readonly folder: string
  readonly problems: Problem[]
  readonly values: Map<string, unknown>
}

function applySetting(name: string, setting: Setting, { folder, problems, values }: Applied): void {
  if (!isConfigKey(name)) {
    problems.push(notAKey(setting))
    return
  }
  const key = keyOf(name)
  const read = readValue(key, setting.value, folder)
  if (read.ok) {
    values.set(name, read.value)
    if (key.type === 'list') keepItemPlaces(read.value as readonly string[], itemPlaces(setting))
    if (key.notYet !== undefined && !isDeepStrictEqual(read.value, defaultValue(key, folder))) {
      const error = configErrors.KEY_NOT_YET(setting.key, key.default)
      problems.push(problemAt(setting.keyPlace, error, { severity: key.notYet }))
    }
    return
  }
  const shown = key.secret === true ? 'not valid' : JSON.stringify(setting.value)
  const error = configErrors.VALUE_INVALID(setting.key, shown, read.expected)
  // The line of a secret is not shown.
  const sourceLine = key.secret === true ? undefined : setting.sourceLine
  problems.push(problemAt(moveBy(setting.valuePlace, read.offset), error, { sourceLine }))
}

function itemPlaces({ value, valuePlace, sourceLine }: Setting): ItemPlace[] {
  return splitList(value).map(({ offset }) => ({ ...moveBy(valuePlace, offset), sourceLine }))
}

function notAKey({ key, keyPlace }: Setting): Problem {
  const note = NEEDLESS_KONG_KEYS.get(key)
  if (note !== undefined)
    return problemAt(keyPlace, configErrors.KEY_NEEDLESS(key, note), { severity: 'warning' })
  const typo = isUnsupportedKongKey(key) ? suggest(key, KEY_OF_NAME.keys(), 1) : undefined
  if (isUnsupportedKongKey(key) && typo === undefined) {
    return problemAt(keyPlace, configErrors.KEY_NOT_SUPPORTED(key), { severity: 'warning' })
  }
  const suggestion = typo ?? suggest(key, KEY_OF_NAME.keys())
  return problemAt(keyPlace, configErrors.KEY_UNKNOWN(key, suggestion))
}

function moveBy(place: Place, offset: number): Place {
  return place.column === undefined ? place : { ...place, column: place.column + offset }
}

function complete(values: ReadonlyMap<string, unknown>, folder: string): GatewayConfig {
  const entries = Object.entries(CONFIG_KEYS).map(([name, key]) => [
    name,
    values.has(name) ? values.get(name) : defaultValue(key, folder),
  ])
  // Each value was made by the type of its key, which GatewayConfig is made of as well.
  return freezeAll(Object.fromEntries(entries)) as GatewayConfig
}

function freezeAll(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value
  for (const inner of Object.values(value)) freezeAll(inner)
  return Object.freeze(value)
}

function isConfigKey(name: string): name is keyof GatewayConfig {
  return Object.hasOwn(CONFIG_KEYS, name)
}

function keyOf(name: string): ConfigKey {
  return CONFIG_KEYS[name as keyof GatewayConfig]
}

/** Each name that may be written, aliases included, with the key that it means. */
const KEY_OF_NAME: ReadonlyMap<string, string> = new Map(
  Object.entries<ConfigKey>(CONFIG_KEYS).flatMap(([name, key]) =>
    [name, ...(key.aliases ?? [])].map((one) => [one, name] as const),
  ),
)
