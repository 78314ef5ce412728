import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { checkName, type PluginNames } from './check-name.ts'
import { configurationTable, type ShownSchema } from './configuration-table.ts'
import { createPluginErrors } from './errors.ts'
import { versionOf } from './versions.ts'

/** What to write, and where. */
export interface CreatePluginOptions {
  /** Of the npm package: `my-plugin` or `@scope/my-plugin`. */
  readonly name: string
  /** Must be empty or not there. Default: named after the plugin, in the working directory. */
  readonly folder?: string
}

/** What was written. */
export interface CreatedPlugin extends PluginNames {
  /** Absolute. */
  readonly folder: string
  /** Relative to it. */
  readonly files: readonly string[]
}

/**
 * Writes the package of a new plugin: handlers, schema, tests, README, all of them to be changed.
 *
 * @throws POSTERN_CREATE_PLUGIN_NAME_INVALID, POSTERN_CREATE_PLUGIN_FOLDER_NOT_EMPTY; nothing has
 *   been written then
 */
export async function createPlugin(options: CreatePluginOptions): Promise<CreatedPlugin> {
  const names = checkName(options.name)
  const folder = path.resolve(options.folder ?? names.plugin)
  if (!isFree(folder)) throw createPluginErrors.FOLDER_NOT_EMPTY(folder)
  const values = new Map([
    ['package', names.package],
    ['plugin', names.plugin],
    ['header', headerOf(names.plugin)],
  ])
  for (const [file, template] of FILES) write(folder, file, filled(template, values))
  write(folder, 'LICENSE', readFileSync(new URL('../LICENSE', import.meta.url), 'utf8'))
  const schema = await importSchema(path.join(folder, 'src/schema.ts'))
  values.set('configuration', configurationTable(schema))
  write(folder, README, filled('README.md', values))
  return { ...names, folder, files: [...FILES.keys(), 'LICENSE', README] }
}

const README = 'README.md'

/** Where each template goes. A `.gitignore` would not be packed under its own name. */
const FILES: ReadonlyMap<string, string> = new Map([
  ['package.json', 'package.json'],
  ['tsconfig.json', 'tsconfig.json'],
  ['.gitignore', 'gitignore'],
  ['src/plugin.ts', 'plugin.ts'],
  ['src/schema.ts', 'schema.ts'],
  ['test/plugin.test.ts', 'plugin.test.ts'],
])

function isFree(folder: string): boolean {
  try {
    return readdirSync(folder).length === 0
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'ENOENT'
  }
}

/** `my-plugin` signs with `X-My-Plugin`. */
function headerOf(plugin: string): string {
  const words = plugin.split(/[._-]+/).filter((word) => word !== '')
  return ['X', ...words.map((word) => word.charAt(0).toUpperCase() + word.slice(1))].join('-')
}

function filled(template: string, values: ReadonlyMap<string, string>): string {
  const text = readFileSync(new URL(`../template/${template}.tmpl`, import.meta.url), 'utf8')
  return text.replaceAll(/\{\{([^{}]+)\}\}/g, (_, key: string) => {
    return key.startsWith('version:')
      ? versionOf(key.slice('version:'.length))
      : valueOf(values, key)
  })
}

function valueOf(values: ReadonlyMap<string, string>, key: string): string {
  const value = values.get(key)
  if (value === undefined) throw new Error(`a template has {{${key}}}, which has no value`)
  return value
}

/** Never over a file that is there, even one that has come in between. */
function write(folder: string, file: string, text: string): void {
  const target = path.join(folder, file)
  mkdirSync(path.dirname(target), { recursive: true })
  writeFileSync(target, text, { flag: 'wx' })
}

/** It imports types only, so that it can be read before anything is installed. */
async function importSchema(file: string): Promise<ShownSchema> {
  const { schema } = (await import(pathToFileURL(file).href)) as { readonly schema: ShownSchema }
  return schema
}
