import { Command, InvalidArgumentError, Option } from 'commander'
import { check } from './commands/check.ts'
import { demo } from './commands/demo.ts'
import { start } from './commands/start.ts'
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
  program
    .command('start')
    .description('run the gateway until it is told to stop')
    .addOption(conf)
    .action((options: { conf?: string }) => start(options))
  program
    .command('demo')
    .description('run a gateway with an echo upstream, key-auth and a function; writes no file')
    .option('--proxy-port <port>', 'where to serve requests', portOf, 8000)
    .option('--admin-port <port>', 'where to serve the Admin API', portOf, 8001)
    .action((options: { proxyPort: number; adminPort: number }) => demo(options))
  program
    .command('check')
    .description('check a postern.conf and function files; runs nothing')
    .argument('[files...]', 'postern.conf, *.lua, *.js, *.ts')
    .option('--json', 'print the problems as JSON')
    .action((files: string[], options: { json?: boolean }) => check(files, options))
  program
    .command('version')
    .description('print the version')
    .action(() => console.log(VERSION))
  return program
}

function portOf(text: string): number {
  const port = Number(text)
  if (/^\d+$/.test(text) && port <= 65_535) return port
  throw new InvalidArgumentError('expected a port from 0 to 65535')
}

const EXAMPLES = `
Examples:
  postern demo                        see it work in a minute
  postern start                       serve on 8000, Admin API on 127.0.0.1:8001
  postern start -c /etc/postern.conf
  postern check transform.lua         find mistakes before they are live
`
