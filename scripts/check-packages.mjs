// Builds and packs every package, installs the tarballs together in an empty folder, and uses them
// there under plain Node as somebody would who knows nothing of this repository.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { examplesOf, lastLines, run, runExample, twoAtATime } from './readme-examples.mjs'
import { ROOT, workspaces } from './workspaces.mjs'

const MINUTE_MS = 60_000

/** Not to be imported: it is the whole program of a process. */
const PROGRAMS = ['@postern/sandbox/host']

/** Files as an author of functions has them. */
const AUTHOR = join(ROOT, 'scripts/author')

/** Functions and their tables of exits. */
const TABLES = join(ROOT, 'docs/examples/exit-functions')

const BIN = join(ROOT, 'node_modules/.bin')
/** Of TypeScript, each with the kind of modules that it goes with. */
const RESOLUTIONS = { node16: 'node16', nodenext: 'nodenext', bundler: 'esnext' }

/** The only types that a project brings along itself. */
const NODE_TYPES = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')]

const all = workspaces()
const libraries = all.filter(({ manifest }) => manifest.exports !== undefined)
const programs = all.filter(({ group }) => group === 'apps')
const env = {
  ...process.env,
  PATH: `${BIN}${delimiter}${process.env.PATH}`,
  TURBO_TELEMETRY_DISABLED: '1',
}
// The condition that resolves to sources is for this repository only, however this script was started.
delete env.NODE_OPTIONS

let passed = 0
let failed = 0
const scratch = mkdtempSync(join(tmpdir(), 'postern-packages-'))
try {
  await checkAll()
} finally {
  rmSync(scratch, { recursive: true, force: true })
}
console.log(`packages: ${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

async function checkAll() {
  const tarballs = join(scratch, 'tarballs')
  const user = join(scratch, 'user')
  mkdirSync(tarballs)
  mkdirSync(user)
  if (!(await check('build', 'npm', ['run', '-s', 'build', '--', '--concurrency=2']))) return
  if (!(await check('pack', 'npm', ['pack', '--workspaces', '--pack-destination', tarballs])))
    return
  if (!(await check('install the tarballs', ...installOf(tarballs), { cwd: user }))) return

  await twoAtATime(libraries.flatMap(modulesOf), (name) => checkImport(name, user))
  await twoAtATime(all, (workspace) => checkFirstExample(workspace, user))
  await twoAtATime(programs, ({ manifest }) => checkProgram(manifest, user))
  await checkTables(user)
  await twoAtATime(Object.entries(RESOLUTIONS), (entry) => checkAuthor(entry, user))
  await twoAtATime(all, ({ path, manifest }) => checkShape(path, manifest, tarballs))
  await checkRelease()
}

function installOf(tarballs) {
  const files = readdirSync(tarballs).map((file) => join(tarballs, file))
  return ['npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...files]]
}

/** What can be imported of a package: itself, and the paths that it exports besides. */
function modulesOf({ manifest }) {
  return Object.keys(manifest.exports)
    .filter((path) => path !== './package.json')
    .map((path) => manifest.name + path.slice(1))
    .filter((name) => !PROGRAMS.includes(name))
}

/** What the condition hides from those who work here: a file that was not packed, a wrong path in dist. */
async function checkImport(name, user) {
  const code = `const m = await import(${JSON.stringify(name)}); if (${isRoot(name)} && Object.keys(m).length === 0) process.exit(9)`
  await check(`import ${name}`, process.execPath, ['--input-type=module', '--eval', code], {
    cwd: user,
  })
}

/** A path besides may hold types alone. */
function isRoot(name) {
  return name.split('/').length === (name.startsWith('@') ? 2 : 1)
}

async function checkFirstExample({ path }, user) {
  if (!existsSync(join(ROOT, path, 'README.md'))) return
  const example = examplesOf(join(path, 'README.md')).find(({ notRun }) => notRun === undefined)
  if (example !== undefined)
    report(`example ${example.place}`, await runExample(example, { cwd: user }))
}

/** What an author of functions gets from the types, in a project that has nothing else. */
async function checkAuthor([resolution, module], user) {
  const folder = join(user, resolution)
  mkdirSync(folder)
  for (const file of readdirSync(AUTHOR)) copyFileSync(join(AUTHOR, file), join(folder, file))
  const modules = ['--module', module, '--moduleResolution', resolution]
  const argv = ['--noEmit', '--strict', '--target', 'es2024', ...NODE_TYPES, ...modules]
  const files = readdirSync(folder).map((file) => join(folder, file))
  await check(`types of an author, ${resolution}`, 'tsc', [...argv, ...files], { cwd: user })
}

async function checkProgram({ name, version }, user) {
  const { exitCode, stdout, stderr } = await run(
    join(user, 'node_modules/.bin', name),
    ['version'],
    {
      cwd: user,
      env,
    },
  )
  const right = exitCode === 0 && stdout.trim() === version
  report(`${name} version`, right ? undefined : `prints ${stdout}${lastLines(stderr)}`)
}

/** Beside no package, as with a program that was installed globally. */
async function checkTables(user) {
  const folder = join(scratch, 'tables')
  cpSync(TABLES, folder, { recursive: true })
  const program = join(user, 'node_modules/.bin/postern')
  // A busy machine has no 50 ms for each call.
  const variables = { POSTERN_FUNCTION_TIMEOUT_MS: '5000' }
  await check('postern test', program, ['test'], { cwd: folder, variables })
}

async function checkShape(path, { name, version, exports }, tarballs) {
  const tarball = join(tarballs, `${name.replace('@', '').replace('/', '-')}-${version}.tgz`)
  await check(`publint ${name}`, 'publint', ['--strict', path])
  if (exports !== undefined) await check(`attw ${name}`, 'attw', [tarball, '--profile', 'esm-only'])
  await check(`publish ${name}`, 'npm', ['publish', '--dry-run', '--access', 'public', '-w', name])
}

/** Versions and changelogs as the next release would write them, in a clone that is thrown away. */
async function checkRelease() {
  const clone = join(scratch, 'clone')
  if (!(await check('clone', 'git', ['clone', '--quiet', '--local', ROOT, clone]))) return
  const changes = readdirSync(join(clone, '.changeset')).filter((file) =>
    /^(?!README).*\.md$/.test(file),
  )
  if (changes.length === 0) return
  symlinkSync(join(ROOT, 'node_modules'), join(clone, 'node_modules'))
  await check('changeset version', 'changeset', ['version'], { cwd: clone })
}

/** One line for each check; the last lines of the output when it fails. */
async function check(title, command, argv, { cwd = ROOT, variables = {} } = {}) {
  const { exitCode, stdout, stderr } = await run(command, argv, {
    cwd,
    env: { ...env, ...variables },
    timeoutMs: 10 * MINUTE_MS,
  })
  return report(title, exitCode === 0 ? undefined : lastLines(`${stdout}\n${stderr}`, 15))
}

function report(title, problem) {
  if (problem === undefined) passed++
  else failed++
  console.log(problem === undefined ? `  ok    ${title}` : `  WRONG ${title}\n    ${problem}`)
  return problem === undefined
}
