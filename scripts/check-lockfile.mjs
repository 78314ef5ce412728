// Guards package-lock.json against two ways in which `npm ci` fails on another machine only.
import { conclude, readJson } from './workspaces.mjs'

const { packages } = readJson('package-lock.json')
const entries = Object.entries(packages)
conclude('lockfile', [...missingOptional(), ...resolvedUrls()], `${entries.length} entries`)

/**
 * npm leaves packages of other platforms out without a word when the registry does not have them,
 * and then refuses `npm ci` there: "Missing: @biomejs/cli-darwin-x64@ from lock file".
 */
function missingOptional() {
  return entries.flatMap(([path, { optionalDependencies = {} }]) =>
    Object.keys(optionalDependencies)
      .filter((name) => !isLocked(path, name))
      .map((name) => `${path || 'the root'}: optional dependency ${name} has no entry`),
  )
}

/** Looks where Node would: in the folder itself, then in each folder above it. */
function isLocked(path, name) {
  for (let at = path; ; at = at.slice(0, Math.max(0, at.lastIndexOf('node_modules/') - 1))) {
    if (packages[`${at === '' ? '' : `${at}/`}node_modules/${name}`] !== undefined) return true
    if (at === '') return false
    if (!at.includes('node_modules/')) at = ''
  }
}

/** A URL in the lock file would send everybody to the registry of whoever wrote it. */
function resolvedUrls() {
  return entries
    .filter(([, { resolved }]) => /^[a-z+]+:\/\//.test(resolved ?? ''))
    .map(([path]) => `${path}: is bound to a registry by a "resolved" URL`)
}
