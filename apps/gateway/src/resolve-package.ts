import { registerHooks } from 'node:module'
import path from 'node:path'
import { pathToFileURL } from 'node:url'

/**
 * Finds a package as an `import` in a file of the folder would. Node looks at the second argument
 * of `import.meta.resolve` only with a flag.
 *
 * @returns a URL, `node:` for what is built in
 */
export function resolvePackage(name: string, folder: string): string {
  const base = pathToFileURL(path.join(folder, 'postern.conf')).href
  const hooks = registerHooks({
    resolve: (specifier, context, nextResolve) =>
      nextResolve(specifier, specifier === name ? { ...context, parentURL: base } : context),
  })
  try {
    return import.meta.resolve(name)
  } finally {
    hooks.deregister()
  }
}
