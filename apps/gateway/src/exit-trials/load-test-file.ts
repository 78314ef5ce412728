import { extname, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { readSource } from '../cli/read-source.ts'
import { ConfigError } from '../config/config-error.ts'
import { type Problem, problemAt } from '../config/problem.ts'
import { trialErrors } from './errors.ts'
import type { ExitTests } from './exit-tests.ts'
import { checkExitTests, type TestFault } from './exit-tests-schema.ts'
import { importWithOwnPackages } from './own-packages.ts'
import { readYaml } from './read-yaml.ts'

const MODULE_ENDINGS: ReadonlySet<string> = new Set(['.ts', '.mts', '.js', '.mjs'])

/**
 * Reads a file of tests: YAML or JSON as data, a module by what it exports as default. A module is a
 * program of whoever runs the tests, and is run as one.
 *
 * @throws POSTERN_CONFIG_INVALID with everything that is wrong with it, at its place
 */
export async function loadTestFile(path: string): Promise<ExitTests> {
  const { value, problemAt: at } = MODULE_ENDINGS.has(extname(path))
    ? await importModule(path)
    : readYaml(path)
  const checked = checkExitTests(value)
  if (checked.ok) return checked.tests
  const problems = checked.faults.map(({ keys, message }) => at(keys, told(keys, message)))
  throw new ConfigError(problems.toSorted((a, b) => (a.line ?? 0) - (b.line ?? 0)))
}

/** `rows[2].exit.status: expected an integer`. */
function told(keys: TestFault['keys'], message: string): string {
  const where = keys
    .map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`))
    .join('')
    .replace(/^\./, '')
  return where === '' ? message : `${where}: ${message}`
}

interface LoadedValue {
  readonly value: unknown
  problemAt(keys: TestFault['keys'], message: string): Problem
}

async function importModule(path: string): Promise<LoadedValue> {
  const place = { origin: path, line: undefined, column: undefined }
  const text = readSource(path)
  if (typeof text !== 'string') throw new ConfigError([text])
  try {
    const url = pathToFileURL(resolve(path)).href
    const module = (await importWithOwnPackages(url)) as { readonly default?: unknown }
    return {
      value: module.default,
      problemAt: (_keys, message) => problemAt(place, trialErrors.INVALID('', message)),
    }
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    throw new ConfigError([problemAt(place, trialErrors.MODULE_FAILED(reason).causedBy(error))])
  }
}
