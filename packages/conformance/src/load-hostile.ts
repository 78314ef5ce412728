import { readFileSync } from 'node:fs'
import type { HostileRequestCase, HostileResponseCase } from './hostile/hostile-case.ts'

/** Reads the cases of raw requests that come with this package. */
export function loadHostileRequests(): readonly HostileRequestCase[] {
  return load('hostile-requests') as readonly HostileRequestCase[]
}

/** Reads the cases of raw responses that come with this package. */
export function loadHostileResponses(): readonly HostileResponseCase[] {
  return load('hostile-responses') as readonly HostileResponseCase[]
}

function load(name: string): unknown {
  // `cases` is beside `src` and beside `dist`, so the same path is right in both.
  const file = new URL(`../cases/${name}.cases.json`, import.meta.url)
  return (JSON.parse(readFileSync(file, 'utf8')) as { readonly cases: unknown }).cases
}
