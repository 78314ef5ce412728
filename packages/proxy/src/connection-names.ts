import { headerName } from './header-kind.ts'

const NONE: ReadonlySet<string> = new Set()

/** What is about the connection anyway, so that there is no list to keep for it. */
const USUAL: ReadonlySet<string> = new Set(['close', 'keep-alive', 'upgrade', ''])

/** The lower-case names of headers that `Connection` says are for this hop only. */
export function connectionNames(raw: readonly string[]): ReadonlySet<string> {
  let names: Set<string> | undefined
  for (let i = 0; i + 1 < raw.length; i += 2) {
    if (headerName(raw[i] as string).kind !== 'connection') continue
    const value = (raw[i + 1] as string).toLowerCase()
    if (USUAL.has(value)) continue
    for (const part of value.split(',')) {
      const name = part.trim()
      if (!USUAL.has(name)) names = (names ?? new Set()).add(name)
    }
  }
  return names ?? NONE
}
