import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { CONFIG_KEYS, type ConfigKey } from './config-keys.ts'
import { isUnsupportedKongKey, NEEDLESS_KONG_KEYS } from './kong-keys.ts'
import { defaultValue, readValue } from './read-value.ts'

/** Everything that may read a key: the sources of the program but for this folder. */
const src = join(import.meta.dirname, '..')
const sources = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter((file) => /(?<!\.test|\.cases)\.ts$/.test(file) && !file.startsWith('config'))
  .map((file) => readFileSync(join(src, file), 'utf8'))

describe('CONFIG_KEYS', () => {
  const keys = Object.entries<ConfigKey>(CONFIG_KEYS)

  it.each(keys)('%s has a default that its own type accepts', (_name, key) => {
    if (key.default !== null) {
      expect(readValue(key, key.default, '/')).toEqual({ ok: true, value: defaultValue(key, '/') })
    }
    expect(key.description).toMatch(/[^.\s]$/)
  })

  it.each(keys)('%s is read by the program, or marked as having no effect yet', (name, key) => {
    // As a field, as a string that names a field, or taken out of the configuration by its name.
    const reading = new RegExp(`[.']${name}\\b|\\{[^{}]*\\b${name}\\b[^{}]*\\} = `)
    const isRead = sources.some((text) => reading.test(text))
    expect({ name, isRead }).toEqual({ name, isRead: key.notYet === undefined })
  })

  it('has no name twice, nor one that is told to have no effect', () => {
    const names = keys.flatMap(([name, { aliases }]) => [name, ...(aliases ?? [])])
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => NEEDLESS_KONG_KEYS.has(name))).toEqual([])
    expect(isUnsupportedKongKey('prefix')).toBe(false)
  })
})
