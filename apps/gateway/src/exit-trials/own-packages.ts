import { registerHooks } from 'node:module'

/**
 * Imports a module of the user's. What it imports of Postern and has nowhere near it is this
 * program's own: a program that was installed globally has no package beside the tests.
 *
 * @throws whatever importing it throws
 */
export async function importWithOwnPackages(url: string): Promise<unknown> {
  const hooks = registerHooks({
    resolve(specifier, context, nextResolve) {
      try {
        return nextResolve(specifier, context)
      } catch (error) {
        if (!OWN.test(specifier) || !isNotFound(error)) throw error
        return orElse(error, () =>
          nextResolve(specifier, { ...context, parentURL: import.meta.url }),
        )
      }
    },
  })
  try {
    return await import(url)
  } finally {
    hooks.deregister()
  }
}

/** This program, and the packages that it is made of. */
const OWN = /^(?:postern|@postern\/[^/]+)(?:\/|$)/

/** Where this program has none of that name either, the user's place is the one to be told. */
function orElse<Resolved>(missing: unknown, resolve: () => Resolved): Resolved {
  try {
    return resolve()
  } catch (error) {
    throw isNotFound(error) ? missing : error
  }
}

function isNotFound(error: unknown): boolean {
  return (error as { readonly code?: unknown }).code === 'ERR_MODULE_NOT_FOUND'
}
