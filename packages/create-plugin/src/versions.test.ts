import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { versionOf } from './versions.ts'

const manifest = (path: string) =>
  JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8')) as {
    readonly version: string
    readonly devDependencies: Readonly<Record<string, string>>
  }

describe('versionOf()', () => {
  it.each(['create-plugin', 'plugin-runtime', 'plugin-testkit'])(
    'is that of %s in this repository',
    (folder) => {
      const { version } = manifest(`../../${folder}/package.json`)
      expect(versionOf(`@postern/${folder}`)).toBe(`^${version}`)
    },
  )

  it.each(['typescript', 'vitest', '@types/node'])('takes the %s that is used here', (name) => {
    const here = manifest('../../../package.json').devDependencies[name] as string
    expect(versionOf(name).split('.')[0]).toBe(`^${here.split('.')[0] as string}`)
  })

  it('refuses what no template may need', () => {
    expect(() => versionOf('left-pad')).toThrow('left-pad')
  })
})
