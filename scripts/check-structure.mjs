// Holds the repository to its structure: layers, imports, error pages, shape of the packages, tracked files.
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, statSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { join, relative, sep } from 'node:path'
import { errorCodes } from './error-codes.mjs'
import { importsOf } from './imports-of.mjs'
import { conclude, readJson, ROOT, workspaces } from './workspaces.mjs'

/** A package imports only from a lower layer. */
const LAYERS = new Map([
  ['errors', 0],
  ['schema', 1],
  ['http1', 1],
  ['pdk-response', 1],
  ['sandbox', 1],
  ['lua', 1],
  ['entities', 2],
  ['router', 3],
  ['store', 3],
  ['proxy', 3],
  ['plugin-runtime', 4],
  ['admin-api', 5],
  ['plugin-testkit', 5],
  ['create-plugin', 6],
  ['conformance', 6],
])

/** What is in `packages` and has no layer of its own is a plugin. */
const PLUGIN_LAYER = 5
const PLUGINS_KNOW = new Set(['plugin-runtime', 'pdk-response', 'schema', 'entities', 'errors'])

/** post-function is pre-function with another name and priority: docs/decisions/0007. */
const TWINS = new Map([['post-function', 'pre-function']])

/** Only the gateway knows both sides of these pairs. */
const STRANGERS = [
  ['plugin-runtime', 'router'],
  ['plugin-runtime', 'proxy'],
  ['plugin-runtime', 'store'],
]

/** Patterns are put together from pieces, so that this file does not find itself. */
const FORBIDDEN = [
  ['the host of a registry', ['registry\\.npm', 'js|\\bnpmjs\\.', 'org|deb\\.', 'debian\\.']],
  [
    'a path of one machine',
    ['(?:^|[^\\w.~-])/(?:wo', 'rk|fa', 'rm)/(?:main|shared|steering|in|out|\\.library)\\b'],
  ],
  ['a home folder of one machine', ['(?:^|[\\s\'"`=(])/(?:ho', 'me|Us', 'ers)/[a-z][\\w-]*/']],
].map(([what, pieces]) => ({ what, pattern: new RegExp(pieces.join(''), 'm') }))
const UNFINISHED = [
  {
    what: 'a note of unfinished work',
    pattern: new RegExp(['\\b(?:TO', 'DO|FIX', 'ME|X', 'XX)\\b'].join('')),
  },
  {
    what: 'a test that does not run',
    pattern: new RegExp('\\b(?:it|test|describe)\\.(?:only|skip|todo)\\b(?!If)'),
  },
]

const MAX_LINES = 400

const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter((file) => statSync(join(ROOT, file), { throwIfNoEntry: false })?.isFile())
const sources = files.filter((file) => /\.(ts|mts|tsx)$/.test(file))
const all = workspaces()
const rootManifest = readJson('package.json')

const problems = [
  ...all.flatMap(checkManifest),
  ...all.flatMap(checkImports),
  ...checkErrorPages(),
  ...checkChangesets(),
  ...files.flatMap(checkText),
  ...sources.flatMap(checkLength),
]
conclude('structure', problems, `${all.length} packages, ${files.length} files`)

/** package.json, LICENSE and README.md of a package. */
function checkManifest({ group, folder, path, manifest }) {
  const isProgram = group === 'apps'
  const problem = (condition, text) => (condition ? [] : [`${path}: ${text}`])
  const main = Object.entries(manifest.exports?.['.'] ?? {})
  const wanted = [
    ['@postern/source', './src/index.ts'],
    ['types', './dist/index.d.ts'],
    ['default', './dist/index.js'],
  ]
  return [
    ...problem(
      isProgram || manifest.name === `@postern/${folder}`,
      `name is not @postern/${folder}`,
    ),
    ...problem(/^\d+\.\d+\.\d+$/.test(manifest.version), 'version is not x.y.z'),
    ...problem(manifest.license === 'Apache-2.0', 'license is not Apache-2.0'),
    ...problem(manifest.type === 'module', 'type is not module'),
    ...problem((manifest.description ?? '').length > 10, 'description is missing'),
    ...problem(manifest.engines?.node === '>=24', 'engines.node is not >=24'),
    ...problem(manifest.publishConfig?.access === 'public', 'publishConfig.access is not public'),
    ...problem(manifest.files?.includes('dist'), 'files does not have dist'),
    ...problem(isProgram || manifest.sideEffects !== undefined, 'sideEffects is missing'),
    ...problem(
      isProgram ? manifest.bin !== undefined : JSON.stringify(main) === JSON.stringify(wanted),
      isProgram ? 'bin is missing' : 'exports["."] is not source, types, default in this order',
    ),
    ...problem(isProgram || manifest.exports?.['./package.json'], 'exports lacks ./package.json'),
    ...problem(sameAsRoot(path, 'LICENSE'), 'LICENSE is not that of the repository'),
    ...problem(existsSync(join(ROOT, path, 'README.md')), 'README.md is missing'),
    ...siblingRanges(manifest).flatMap((text) => problem(false, text)),
  ]
}

function sameAsRoot(path, file) {
  const copy = join(ROOT, path, file)
  return existsSync(copy) && readFileSync(copy, 'utf8') === readFileSync(join(ROOT, file), 'utf8')
}

/** A range that the sibling's version does not meet would be fetched from a registry. */
function siblingRanges({ dependencies = {}, devDependencies = {} }) {
  return Object.entries({ ...dependencies, ...devDependencies }).flatMap(([name, range]) => {
    const sibling = all.find(({ manifest }) => manifest.name === name)
    if (sibling === undefined || range === `^${sibling.manifest.version}`) return []
    return [`${name} is wanted as ${range}, it is ^${sibling.manifest.version}`]
  })
}

/** Directions between packages, declared dependencies, no way into another package but its exports. */
function checkImports(workspace) {
  const { path, folder } = workspace
  return sources
    .filter((file) => file.startsWith(`${path}/`))
    .flatMap((file) => {
      const isTest =
        /\.(test|bench)\.ts$|\.cases\.ts$/.test(file) || !file.startsWith(`${path}/src/`)
      return importsOf(join(ROOT, file)).flatMap(({ name, line }) => {
        const text = name.startsWith('.')
          ? checkRelative(path, file, name)
          : (checkSibling(workspace, name, isTest) ?? checkDeclared(workspace, name, isTest))
        return text === undefined ? [] : [`${file}:${line}: ${folder} ${text}`]
      })
    })
}

function checkRelative(path, file, name) {
  const target = relative(join(ROOT, path), join(ROOT, file, '..', name))
  if (target.startsWith(`..${sep}`)) return `leaves its folder by ${name}`
  const hasEnding = /\.(ts|mts|json|js|mjs|cjs)$/.test(name)
  return hasEnding ? undefined : `imports ${name} without its ending`
}

function checkDeclared({ manifest }, name, isTest) {
  if (name.startsWith('node:') || name.startsWith('#')) return undefined
  if (builtinModules.includes(name)) return `imports ${name} without "node:"`
  const known = {
    ...manifest.dependencies,
    ...manifest.peerDependencies,
    ...(isTest ? { ...manifest.devDependencies, ...rootManifest.devDependencies } : {}),
  }
  const wanted = packageOf(name)
  const isItself = wanted === manifest.name
  if (isItself || known[wanted] !== undefined) return undefined
  return `imports ${wanted}, which is not among its dependencies`
}

function checkSibling({ group, folder, manifest }, name, isTest) {
  const sibling = all.find((one) => one.manifest.name === packageOf(name))
  if (sibling === undefined) return undefined
  const subpath = `.${name.slice(sibling.manifest.name.length)}`
  if (sibling.manifest.exports?.[subpath] === undefined) return `reaches into ${name}`
  if (sibling.group === 'apps' && group === 'packages') return `imports the program ${name}`
  if (group === 'apps' || sibling.folder === folder) return undefined
  if (isTest && manifest.devDependencies?.[sibling.manifest.name] !== undefined) return undefined
  if (TWINS.get(folder) === sibling.folder) return undefined
  if (layerOf(sibling.folder) >= layerOf(folder)) {
    return `(layer ${layerOf(folder)}) imports ${name} (layer ${layerOf(sibling.folder)})`
  }
  if (!LAYERS.has(folder) && !PLUGINS_KNOW.has(sibling.folder))
    return `is a plugin and imports ${name}`
  if (STRANGERS.some(([from, to]) => from === folder && to === sibling.folder))
    return `imports ${name}`
  return undefined
}

function layerOf(folder) {
  return LAYERS.get(folder) ?? PLUGIN_LAYER
}

function packageOf(name) {
  return name.split('/', name.startsWith('@') ? 2 : 1).join('/')
}

/** Each code of an error table has a page, and each page a code. */
function checkErrorPages() {
  const codes = new Map(
    sources
      .filter((file) => file.includes('/src/') && !/\.(test|bench)\.ts$/.test(file))
      .flatMap((file) => errorCodes(join(ROOT, file)).map((code) => [code, file])),
  )
  const pages = files
    .filter((file) => /^docs\/errors\/POSTERN_\w+\.md$/.test(file))
    .map((file) => file.slice('docs/errors/'.length, -'.md'.length))
  return [
    ...[...codes]
      .filter(([code]) => !pages.includes(code))
      .map(([code, file]) => `${file}: ${code} has no page docs/errors/${code}.md`),
    ...pages
      .filter((code) => !codes.has(code))
      .map((code) => `docs/errors/${code}.md: no error has this code`),
    ...pages
      .filter(
        (code) =>
          !readFileSync(join(ROOT, `docs/errors/${code}.md`), 'utf8').startsWith(`# ${code}\n`),
      )
      .map((code) => `docs/errors/${code}.md: its title is not the code`),
  ]
}

/** A package that was never released is announced by a changeset. */
function checkChangesets() {
  const announced = files
    .filter((file) => /^\.changeset\/[^/]+\.md$/.test(file) && !file.endsWith('README.md'))
    .map((file) => readFileSync(join(ROOT, file), 'utf8').split('---')[1] ?? '')
    .join('\n')
  return all
    .filter(({ path }) => !existsSync(join(ROOT, path, 'CHANGELOG.md')))
    .filter(({ manifest }) => !new RegExp(`^['"]?${manifest.name}['"]?:`, 'm').test(announced))
    .map(({ path }) => `${path}: no changeset tells of its first version`)
}

function checkText(file) {
  if (/\.(png|ico|woff2|wasm|gz)$/.test(file)) return []
  const text = readFileSync(join(ROOT, file), 'utf8')
  const rules = file.endsWith('.ts') ? [...FORBIDDEN, ...UNFINISHED] : FORBIDDEN
  return rules.flatMap(({ what, pattern }) => {
    const found = pattern.exec(text)
    if (found === null) return []
    const line = text.slice(0, found.index).split('\n').length
    return [`${file}:${line}: has ${String(what)}`]
  })
}

function checkLength(file) {
  const text = readFileSync(join(ROOT, file), 'utf8')
  const lines = text.split('\n').length - 1
  if (lines <= MAX_LINES || /^(?:#!.*\n)?\s*\/[/*]/.test(text)) return []
  return [`${file}: has ${lines} lines and no first comment that says why`]
}
