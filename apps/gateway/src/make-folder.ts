import { accessSync, constants, existsSync, mkdirSync, statSync } from 'node:fs'
import path from 'node:path'
import { gatewayErrors } from './errors.ts'

/**
 * Makes a folder and those above it. One by one: asked for all of them at once, Node never comes
 * back from a file system such as /proc.
 *
 * @throws POSTERN_GATEWAY_PREFIX_UNUSABLE
 */
export function makeFolder(folder: string): void {
  const missing: string[] = []
  for (let at = folder; !existsSync(at); at = path.dirname(at)) missing.push(at)
  try {
    for (const one of missing.reverse()) makeOne(one)
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK)
    if (!statSync(folder).isDirectory()) throw new Error('it is a file')
  } catch (error) {
    throw gatewayErrors.PREFIX_UNUSABLE(folder, (error as Error).message).causedBy(error)
  }
}

/** Another worker may have made it meanwhile. */
function makeOne(folder: string): void {
  try {
    mkdirSync(folder, { mode: 0o700 })
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  }
}
