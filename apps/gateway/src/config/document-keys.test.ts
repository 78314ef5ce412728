import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { documentKeys } from './document-keys.ts'
import { NEEDLESS_KONG_KEYS } from './kong-keys.ts'

const page = readFileSync(new URL('../../../../docs/configuration.md', import.meta.url), 'utf8')

describe('docs/configuration.md', () => {
  it('has the table of keys as the program has it', () => {
    const rows = page.split('\n').filter((line) => line.startsWith('| `'))
    expect(rows.join('\n')).toBe(documentKeys())
  })

  it.each([...NEEDLESS_KONG_KEYS.keys()])(
    'names %s, which Kong has and nobody needs here',
    (key) => {
      expect(page).toContain(`\`${key}\``)
    },
  )
})
