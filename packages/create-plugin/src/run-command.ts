import path from 'node:path'
import { parseArgs } from 'node:util'
import { createPlugin } from './create-plugin.ts'
import { createPluginErrors } from './errors.ts'

/** What the command has printed and how it has ended. */
export interface CommandOutcome {
  readonly exitCode: number
  readonly stdout: string
  readonly stderr: string
}

const HELP = `npm create @postern/plugin NAME [-- --dir FOLDER]

Writes the package of a new plugin for Postern: handlers, schema, tests, README.

  NAME          of the npm package: my-plugin or @scope/my-plugin
  --dir FOLDER  where to; must be empty or not there (default: the name without its scope)
  --help        prints this
`

/** Runs the command with its arguments, those after the name of the program. Never throws. */
export async function runCommand(argv: readonly string[]): Promise<CommandOutcome> {
  try {
    const { name, folder, isHelp } = readArguments(argv)
    if (isHelp) return { exitCode: 0, stdout: HELP, stderr: '' }
    const created = await createPlugin({ name, ...(folder !== undefined && { folder }) })
    return { exitCode: 0, stdout: tellOf(created.folder, created.files), stderr: '' }
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException
    const told = code === undefined || message.includes(code) ? message : `${message} (${code})`
    return { exitCode: 1, stdout: '', stderr: `create-plugin: ${told}\n` }
  }
}

interface Arguments {
  readonly name: string
  readonly folder: string | undefined
  readonly isHelp: boolean
}

function readArguments(argv: readonly string[]): Arguments {
  const { values, positionals } = parsed(argv)
  const [name = '', ...more] = positionals
  const isHelp = values.help === true
  if (!isHelp && positionals.length === 0) {
    throw createPluginErrors.ARGUMENTS_INVALID('the name of the plugin is missing')
  }
  if (!isHelp && more.length > 0) {
    throw createPluginErrors.ARGUMENTS_INVALID(`one name is expected, not ${positionals.length}`)
  }
  return { name, folder: values.dir, isHelp }
}

function parsed(argv: readonly string[]): {
  readonly values: { readonly dir?: string | undefined; readonly help?: boolean | undefined }
  readonly positionals: readonly string[]
} {
  const options = { dir: { type: 'string' }, help: { type: 'boolean', short: 'h' } } as const
  try {
    return parseArgs({ args: [...argv], options, allowPositionals: true })
  } catch (error) {
    throw createPluginErrors.ARGUMENTS_INVALID((error as Error).message).causedBy(error)
  }
}

function tellOf(folder: string, files: readonly string[]): string {
  const shown = path.relative(process.cwd(), folder) || '.'
  const list = files.map((file) => `  ${path.join(shown, file)}`).join('\n')
  return `${list}\n\nNext:\n  cd ${shown}\n  npm install\n  npm test\n`
}
