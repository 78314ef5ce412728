/** What a place of a request holds under a name; undefined for nothing. */
export type KeyPlace = (name: string) => unknown

/** What was found of a key. */
export type FoundKey =
  /** Under `name`. May be empty, which is as good as none. */
  | { readonly kind: 'key'; readonly name: string; readonly value: string }
  /** A name was given several times: it cannot be told which one counts. */
  | { readonly kind: 'duplicate'; readonly name: string }
  | { readonly kind: 'none' }

/**
 * Finds a key by the names it may have.
 *
 * For each name the first place that holds something decides, so an empty header hides a key in the
 * query. A text ends the search; a list is a duplicate; anything else (a query argument without
 * `=`, a number in a JSON body) is passed over.
 */
export function findKey(names: readonly string[], places: readonly KeyPlace[]): FoundKey {
  for (const name of names) {
    const value = valueOf(name, places)
    if (typeof value === 'string') return { kind: 'key', name, value }
    if (Array.isArray(value)) return { kind: 'duplicate', name }
  }
  return { kind: 'none' }
}

/** The values of one name as a place tells them: nothing, one, or a list. */
export function oneOrMany(values: readonly string[]): string | readonly string[] | undefined {
  return values.length > 1 ? values : values[0]
}

function valueOf(name: string, places: readonly KeyPlace[]): unknown {
  for (const place of places) {
    const value = place(name)
    if (value !== undefined && value !== null && value !== false) return value
  }
  return undefined
}
