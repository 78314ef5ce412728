import { AssertionError, deepStrictEqual } from 'node:assert'
import { isDeepStrictEqual } from 'node:util'
import type { Exit } from '@postern/pdk-response'
import { definePlugin, type Plugin, runExitHooks } from '@postern/plugin-runtime'
import { createPluginTest, type PluginTest, type PluginTestOptions } from './create-plugin-test.ts'
import { testkitErrors } from './errors.ts'

/** An Exit that a test is about. What is not told is an ordinary one of access, without a body. */
export interface ExitCase {
  readonly name: string
  readonly exit: Partial<Exit> & { readonly status: number }
  /** The request it answers, and what is known of it; counts more than that of the tester. */
  readonly about?: Pick<
    PluginTestOptions,
    'request' | 'route' | 'service' | 'consumer' | 'credential'
  >
}

/** An Exit that goes out as another one. */
export interface ExitChange extends ExitCase {
  /** What is told has to be so; status, body and headers that are not told stay as they were. */
  readonly to: Partial<Exit>
}

/** What is tested, and the cases. */
export interface ExitTesterOptions {
  /** A plugin with an `exit` handler. */
  readonly plugin?: Plugin<never>
  readonly config?: unknown
  /** Or plain functions, each getting what the one before it answered. */
  readonly functions?: readonly ((exit: Exit) => Exit | Promise<Exit>)[]
  /** Holds for all cases. */
  readonly about?: ExitCase['about']
  /** Exits that go out as they came. */
  readonly valid?: readonly ExitCase[]
  /** Exits that do not. */
  readonly changed?: readonly ExitChange[]
}

/** A check with a name. `run` rejects with an AssertionError when it does not hold. */
export interface ExitCheck {
  readonly name: string
  run(): Promise<void>
}

/** The two functions that vitest, jest and node:test have in common. */
export interface TestRunner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>): unknown
}

/**
 * Makes a check of each case, in the manner of a linter's rule tester, and hands them to a test
 * runner where one is given.
 *
 * A check also fails when a line was logged at error level: a function that throws leaves the Exit
 * as it was, which would otherwise pass for `valid`.
 *
 * @throws POSTERN_TESTKIT_CASE_TWICE, and what `createPluginTest` throws
 */
export function exitTester(options: ExitTesterOptions, runner?: TestRunner): readonly ExitCheck[] {
  const { valid = [], changed = [] } = options
  refuseTwins([...valid, ...changed])
  const plugin = options.plugin ?? pluginOf(options.functions ?? [])
  const check = (one: ExitCase, verify: Verify): ExitCheck => {
    const test = createPluginTest(plugin, {
      config: options.config,
      ...options.about,
      ...one.about,
    })
    return { name: one.name, run: () => runCase(test, one, verify) }
  }
  const groups = {
    valid: valid.map((one) => check(one, expectSame)),
    changed: changed.map((one) => check(one, (exit, sent) => expectChange(one, exit, sent))),
  }
  if (runner !== undefined) hand(runner, groups)
  return [...groups.valid, ...groups.changed]
}

type Verify = (exit: Exit, sent: Exit) => void

function refuseTwins(cases: readonly ExitCase[]): void {
  const names = new Set<string>()
  for (const { name } of cases) {
    if (names.has(name)) throw testkitErrors.CASE_TWICE(name)
    names.add(name)
  }
}

function pluginOf(functions: NonNullable<ExitTesterOptions['functions']>): Plugin<never> {
  return definePlugin({
    name: 'functions',
    version: '0.0.0',
    priority: 0,
    schema: { fields: { config: { type: 'record', fields: {} } } } as const,
    async exit(_kong, _config, exit) {
      let sent = exit
      for (const run of functions) sent = await run(sent)
      return sent
    },
  })
}

async function runCase(test: PluginTest, one: ExitCase, verify: Verify): Promise<void> {
  const { ctx, logs, world } = test.open()
  const exit: Exit = { ...ORDINARY, ...one.exit }
  if (exit.kind !== 'unknown') {
    ctx.route = world.route
    ctx.service = world.service
  }
  ctx.phase = exit.phase
  ctx.exit = exit
  const sent = await runExitHooks(ctx, exit)
  const failure = logs.find(({ level }) => FAILURES.has(level))
  if (failure !== undefined) throw failed(`logged at ${failure.level}: ${failure.text}`)
  verify(exit, sent)
}

const FAILURES: ReadonlySet<string> = new Set(['err', 'crit', 'alert', 'emerg'])

const ORDINARY: Omit<Exit, 'status'> = {
  body: undefined,
  headers: undefined,
  source: 'exit',
  kind: 'ordinary',
  reason: 'test.exit',
  message: undefined,
  phase: 'access',
  plugin: undefined,
}

/** What the client sees of an Exit. */
function seen({ status, body, headers }: Exit): Pick<Exit, 'status' | 'body' | 'headers'> {
  return { status, body, headers }
}

function expectSame(exit: Exit, sent: Exit): void {
  deepStrictEqual(seen(sent), seen(exit))
}

function expectChange({ to }: ExitChange, exit: Exit, sent: Exit): void {
  if (isDeepStrictEqual({ ...exit, ...to }, exit)) {
    throw failed('the case expects no change: it belongs to `valid`')
  }
  const told = Object.fromEntries(Object.keys(to).map((name) => [name, sent[name as keyof Exit]]))
  deepStrictEqual({ ...seen(sent), ...told }, { ...seen(exit), ...to })
}

function failed(message: string): AssertionError {
  return new AssertionError({ message })
}

function hand(runner: TestRunner, groups: Readonly<Record<string, readonly ExitCheck[]>>): void {
  for (const [name, checks] of Object.entries(groups)) {
    if (checks.length === 0) continue
    runner.describe(name, () => {
      for (const check of checks) runner.it(check.name, check.run)
    })
  }
}
