import { Command, InvalidArgumentError, Option } from 'commander'
import { check, type CheckOptions } from './commands/check.ts'
import { demo } from './commands/demo.ts'
import { dev } from './commands/dev.ts'
import { start } from './commands/start.ts'
import { testFunctions, type TestOptions } from './commands/test.ts'
import { tryFunctions, type TryOptions } from './commands/try.ts'
import { VERSION } from './version.ts'

/** Runs the program `postern` with the arguments of a command line, `process.argv` for one. */
export async function runProgram(argv: readonly string[]): Promise<void> {
  await createProgram().parseAsync([...argv])
}

function createProgram(): Command {
  const program = new Command('postern')
    .description('An API gateway whose answers you write.')
    .version(VERSION, '-V, --version', 'print the version')
    .showSuggestionAfterError()
    .showHelpAfterError('(postern --help lists the commands)')
    .addHelpText('after', EXAMPLES)
  const conf = new Option(
    '-c, --conf <file>',
    'postern.conf to read; without it ./postern.conf if present',
  )
  // In the order in which --help lists them.
  for (const add of [addStart, addDemo, addCheck, addDev, addTry, addTest]) add(program, conf)
  program
    .command('version')
    .description('print the version')
    .action(() => console.log(VERSION))
  return program
}

function addStart(program: Command, conf: Option): void {
  program
    .command('start')
    .description('run the gateway until it is told to stop')
    .addOption(conf)
    .action((options: { conf?: string }) => start(options))
}

function addDemo(program: Command): void {
  program
    .command('demo')
    .description('run a gateway with an echo upstream, key-auth and a function; writes no file')
    .option('--proxy-port <port>', 'where to serve requests', portOf, 8000)
    .option('--admin-port <port>', 'where to serve the Admin API', portOf, 8001)
    .action((options: { proxyPort: number; adminPort: number }) => demo(options))
}

function addCheck(program: Command, conf: Option): void {
  program
    .command('check')
    .description('check a postern.conf, declarative files and function files; runs nothing')
    .argument('[files...]', 'postern.conf, kong.yml, kong.json, *.lua, *.js, *.ts')
    .option('--json', 'print the problems as JSON')
    .addOption(conf)
    .action((files: string[], options: CheckOptions) => check(files, options))
}

function addDev(program: Command, conf: Option): void {
  program
    .command('dev')
    .description('run the gateway from a declarative file, and again after each change of it')
    .argument('[file]', 'kong.yml, kong.yaml or kong.json of the current folder unless given')
    .addOption(conf)
    .action((file: string | undefined, options: { conf?: string }) => dev(file, options))
}

function addTry(program: Command, conf: Option): void {
  program
    .command('try')
    .description('run functions against an exit, without a gateway, and print the response')
    .argument('<files...>', '*.lua, *.js, *.ts, in the order in which they are to run')
    .option('--status <status>', 'status of the exit')
    .option('--reason <reason>', 'why there is an exit; alone, it tells the rest (key-auth.no_key)')
    .option('--body <body>', 'body of the exit: JSON, text, or @FILE')
    .option('--exit-header <line>', "'Name: value' of the exit; may repeat", collect)
    .option('--accept <types>', 'Accept of the request')
    .option('-H, --header <line>', "'Name: value' of the request; may repeat", collect)
    .option('--method <method>', 'method of the request')
    .option('--path <path>', 'path of the request, with its query')
    .option('--host <host>', 'host of the request')
    .option('--case <file>', 'JSON or YAML with the fields of an exit, as the gateway keeps them')
    .option('--last <n>', 'the last exits of a running gateway instead', countOf)
    .option('--admin <url>', 'its Admin API; the one of postern.conf unless set')
    .addOption(
      new Option('--language <language>', 'language of the files')
        .choices(['auto', 'lua', 'javascript', 'typescript'])
        .default('auto'),
    )
    .option('--timeout <ms>', 'milliseconds for one call of one function', countOf)
    .option('--no-explain', 'do not tell on standard error what each function did')
    .option('--json', 'print everything as JSON')
    .addOption(conf)
    .addHelpText('after', TRY_EXAMPLES)
    .action((files: string[], options: TryOptions) => tryFunctions(files, options))
}

function addTest(program: Command, conf: Option): void {
  program
    .command('test')
    .description('run tables of exits (*.exit-test.ts, *.exit-test.yaml) through functions')
    .argument('[paths...]', 'files, or folders to look into; the current folder unless given')
    .option('--watch', 'run again after each change')
    .option('--json', 'print the results as JSON')
    .addOption(conf)
    .action((paths: string[], options: TestOptions) => testFunctions(paths, options))
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('expected a port from 0 to 65535')
}

function collect(line: string, before: readonly string[] = []): readonly string[] {
  return [...before, line]
}

function countOf(text: string): number {
  const count = Number(text)
  if (/^\d+$/.test(text) && count >= 1 && count <= 10_000) return count
  throw new InvalidArgumentError('expected a whole number from 1 to 10000')
}

const TRY_EXAMPLES = `
Examples:
  postern try errors.ts
  postern try errors.ts --reason router.no_route --accept text/html
  postern try a.lua b.ts --status 403 --body '{"message":"no"}' -H 'Accept-Language: de'
  postern try errors.ts --last 20 --admin http://127.0.0.1:8001
`

const EXAMPLES = `
Examples:
  postern demo                        see it work in a minute
  postern start                       serve on 8000, Admin API on 127.0.0.1:8001
  postern start -c /etc/postern.conf
  postern dev kong.yml                serve from a file, reload when it changes
  postern check kong.yml errors.lua   find mistakes before they are live
  postern try transform.lua           see what it makes of a 401
  postern test functions              run the tables of exits below a folder
`
