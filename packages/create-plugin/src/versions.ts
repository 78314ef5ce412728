import { readFileSync } from 'node:fs'

/** Versions of the tools that a new plugin is worked on with. */
const TOOLS: ReadonlyMap<string, string> = new Map([
  ['@types/node', '^24.0.0'],
  ['typescript', '^6.0.3'],
  ['vitest', '^5.1.0'],
])

/** The range in which a new plugin depends on a package: ours as this package itself does. */
export function versionOf(name: string): string {
  const { name: own, version, devDependencies } = ownManifest()
  const range = name === own ? `^${version}` : (TOOLS.get(name) ?? devDependencies[name])
  if (range === undefined) throw new Error(`a template needs ${name}, whose version is not known`)
  return range
}

interface Manifest {
  readonly name: string
  readonly version: string
  readonly devDependencies: Readonly<Record<string, string>>
}

function ownManifest(): Manifest {
  const url = new URL('../package.json', import.meta.url)
  return JSON.parse(readFileSync(url, 'utf8')) as Manifest
}
