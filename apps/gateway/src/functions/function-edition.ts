/** The settings of functions, whichever they are. */
type Settings = object

const editions = new WeakMap<Settings, object>()

/**
 * Another object whenever functions are to be made anew though their own texts are the same: the text
 * of a module has changed.
 */
export function functionEdition(settings: Settings): object {
  return editions.get(settings) ?? renewFunctions(settings)
}

/** Has the next Snapshot make all functions anew. */
export function renewFunctions(settings: Settings): object {
  const edition = Object.freeze({})
  editions.set(settings, edition)
  return edition
}
