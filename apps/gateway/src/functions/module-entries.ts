import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { checkModules, type ModuleSource, type ModuleSources } from '@postern/sandbox'
import { functionProblem } from '../cli/function-problem.ts'
import { readSource } from '../cli/read-source.ts'
import { shownPath } from '../cli/shown-path.ts'
import { type ItemPlace, placeOfItem, shownPlace } from '../config/item-places.ts'
import { type Problem, problemAt } from '../config/problem.ts'
import { gatewayErrors } from '../errors.ts'
import { resolvePackage } from '../resolve-package.ts'
import { type JsonFault, jsonFault } from './json-fault.ts'

/** What became of the entries. */
export interface ReadEntries {
  /** Not all of them where there are problems. */
  readonly modules: ModuleSources
  readonly problems: readonly Problem[]
}

/** Reads the modules that entries of `untrusted_javascript_sandbox_requires` name, and checks them. Runs nothing. */
export function readModuleEntries(entries: readonly string[]): ReadEntries {
  const problems: Problem[] = []
  const read = new Map<string, ReadModule>()
  for (const [index, text] of entries.entries()) {
    const entry = { text, place: placeOfItem(entries, index) ?? SETTING }
    try {
      const one = readEntry(entry)
      if (read.has(one.name)) refuse(entry, `the name ${JSON.stringify(one.name)} is listed twice`)
      read.set(one.name, one)
    } catch (error) {
      if (!(error instanceof EntryRefused)) throw error
      problems.push(error.problem)
    }
  }
  const modules = Object.fromEntries([...read].map(([name, { module }]) => [name, module]))
  // A module that could not be read would be told as one that is not listed, too.
  if (problems.length > 0) return { modules, problems }
  for (const { module: name, ...found } of checkModules(modules)) {
    problems.push(problemIn(read.get(name) as ReadModule, found))
  }
  return { modules, problems }
}

/** Absolute path of the file that an entry names, whether it can be read or not; undefined when it names none. */
export function fileOfEntry(text: string): string | undefined {
  try {
    return findEntry({ text, place: SETTING }).file
  } catch (error) {
    if (error instanceof EntryRefused) return undefined
    throw error
  }
}

/** An entry of the setting, and where it stands. */
interface Entry {
  readonly text: string
  readonly place: ItemPlace
}

/** Where nobody knows it any more: in a process that was given the configuration. */
const SETTING: ItemPlace = {
  origin: 'untrusted_javascript_sandbox_requires',
  line: undefined,
  column: undefined,
  sourceLine: undefined,
}

/** An entry of the setting, with the module that it names. */
interface ReadModule {
  readonly entry: Entry
  readonly name: string
  /** Of the file, as it stands there. */
  readonly text: string
  readonly module: ModuleSource & { readonly file: string }
}

function readEntry(entry: Entry): ReadModule {
  const { name, file } = findEntry(entry)
  const language = LANGUAGE_OF_ENDING[path.extname(file)]
  if (language === undefined) {
    const endings = Object.keys(LANGUAGE_OF_ENDING).join(', ')
    return refuse(entry, `${JSON.stringify(shownPath(file))} is no file ending in ${endings}`)
  }
  const text = readSource(file, MAX_MODULE_BYTES)
  if (typeof text !== 'string') return refuse(entry, text.message)
  if (language !== 'json') return { entry, name, text, module: { source: text, file, language } }
  const fault = jsonFault(text)
  const read = { entry, name, text, module: { source: jsonModule(text), file } }
  if (fault === undefined) return read
  const message = `it is not JSON: ${fault.message}`
  throw new EntryRefused(problemIn(read, { ...fault, message }))
}

/** What is wrong in the text of a module, at its place in the file. */
function problemIn({ entry, text, module }: ReadModule, found: JsonFault): Problem {
  const listed = entry.place === SETTING ? '' : ` (listed in ${shownPlace(entry.place)})`
  const { code, message } = gatewayErrors.MODULE_UNUSABLE(entry.text, found.message + listed)
  return functionProblem(shownPath(module.file), text, { ...found, code, message })
}

/** As long as a module may be, where each character is one byte. */
const MAX_MODULE_BYTES = 256 * 1024

const LANGUAGE_OF_ENDING: Readonly<Record<string, 'javascript' | 'typescript' | 'json'>> = {
  '.js': 'javascript',
  '.mjs': 'javascript',
  '.cjs': 'javascript',
  '.ts': 'typescript',
  '.json': 'json',
}

/** `NAME=FILE`, a file, or a package. */
function findEntry(entry: Entry): { readonly name: string; readonly file: string } {
  const { text } = entry
  if (isPath(text)) return { name: text, file: path.resolve(text) }
  const at = text.indexOf('=')
  if (at < 0) return { name: text, file: packageFile(entry) }
  const name = text.slice(0, at).trim()
  const file = text.slice(at + 1).trim()
  if (name === '' || file === '') return refuse(entry, 'expected NAME=FILE')
  return { name, file: path.resolve(file) }
}

function isPath(entry: string): boolean {
  return /^\.\.?\//.test(entry) || path.isAbsolute(entry)
}

function packageFile(entry: Entry): string {
  const { text: name } = entry
  let url: string
  try {
    url = resolvePackage(name, process.cwd())
  } catch (error) {
    const hint = `npm install ${name}, or write ./${name} for a file`
    return refuse(entry, `${(error as Error).message}; ${hint}`)
  }
  if (url.startsWith('file:')) return fileURLToPath(url)
  if (!url.startsWith('node:')) return refuse(entry, 'it is neither a file nor a package')
  return refuse(entry, 'it is built into Node, which no function in the sandbox reaches')
}

/**
 * The text of a JSON file as a module that parses it, so that `__proto__` is a key like others. It is
 * hardly longer than the text: double quotes stay, and JSON has line breaks only between its values.
 */
function jsonModule(text: string): string {
  const quoted = text.replace(/[\\']/g, '\\$&').replace(/[\n\r]/g, ' ')
  return `module.exports=JSON.parse('${quoted}')`
}

/** Ends the reading of one entry. */
class EntryRefused extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.message)
    this.problem = problem
  }
}

function refuse({ text, place }: Entry, reason: string): never {
  const error = gatewayErrors.MODULE_UNUSABLE(text, reason)
  throw new EntryRefused(problemAt(place, error, { sourceLine: place.sourceLine }))
}
