import {
  type DeclaredRow,
  type DeclarativeFault,
  type DocumentKeys,
  parseDeclarative,
} from '@postern/entities'
import { exitTransformerWarnings } from '@postern/exit-transformer'
import type { Plugin } from '@postern/plugin-runtime'
import type { EntitySchema } from '@postern/schema'
import { readSource } from '../cli/read-source.ts'
import { shownPath } from '../cli/shown-path.ts'
import { ConfigError } from '../config/config-error.ts'
import { type Problem, problemAt } from '../config/problem.ts'
import type { ModuleSettings } from '../functions/javascript-modules.ts'
import { declarativeErrors } from './errors.ts'
import { FunctionFiles } from './function-files.ts'
import { keysText } from './keys-text.ts'
import { parseYaml, type YamlDocument } from './yaml-document.ts'

/** What a declarative file is checked with. */
export interface DeclarativeNeeds {
  readonly config: ModuleSettings
  readonly entities: readonly EntitySchema[]
  /** Those that may be configured, by name. */
  readonly plugins: ReadonlyMap<string, Plugin>
  /** Keeps ids that nothing in the file tells the same from one reading to the next. */
  readonly salt: string
}

/** What became of a declarative file. */
export interface DeclarativeReading {
  /** Absolute paths of the file and of the function files that it names, whether they can be read or not. */
  readonly files: readonly string[]
  /** Errors and warnings in the order of the file. */
  readonly problems: readonly Problem[]
  /** Absent when there is an error. */
  readonly rows?: readonly DeclaredRow[]
  /** A problem at the place of a part. */
  problemAt(keys: DocumentKeys, message: string): Problem
}

/** Largest declarative file in bytes: each MiB of YAML takes about 6 s of CPU time and 300 MB (measured). */
export const MAX_FILE_BYTES: number = 10 * 1024 * 1024
/** More are not told at once. */
const MAX_PROBLEMS = 100

/**
 * Reads a kong.yml or kong.json and the function files that it names, and checks all of it. Runs
 * nothing, and never throws for what is in the file.
 *
 * @param file an absolute path
 */
export function readDeclarative(file: string, needs: DeclarativeNeeds): DeclarativeReading {
  const origin = shownPath(file)
  const text = readSource(file, MAX_FILE_BYTES)
  if (typeof text !== 'string') return unreadable(file, [{ ...text, origin }])
  try {
    return check(file, parseYaml(text, origin), needs)
  } catch (error) {
    if (error instanceof ConfigError) return unreadable(file, error.problems)
    throw error
  }
}

function unreadable(file: string, problems: readonly Problem[]): DeclarativeReading {
  const place = { origin: shownPath(file), line: undefined, column: undefined }
  const at = (_keys: DocumentKeys, message: string) =>
    problemAt(place, declarativeErrors.INVALID(message))
  return { files: [file], problems, problemAt: at }
}

function check(file: string, document: YamlDocument, needs: DeclarativeNeeds): DeclarativeReading {
  const functions = new FunctionFiles(file)
  const parsed = parseDeclarative(document.value, {
    entities: needs.entities,
    subschema: (name) => needs.plugins.get(name)?.schema,
    salt: needs.salt,
    prepare: (entity, fields, keys) => functions.prepare(entity, fields, keys),
  })
  const at = placing(document, parsed.secrets)
  const refused = functions.refused.map(({ keys, name, reason }) =>
    at(keys, declarativeErrors.FUNCTION_FILE(keysText(keys), name, reason)),
  )
  const faults = parsed.ok ? [] : parsed.faults.filter(({ keys }) => !functions.isRefused(keys))
  const errors = [
    ...refused,
    ...faults.flatMap((fault) => {
      const inFile = functions.problemsAt(fault.keys, needs.config)
      if (inFile.length > 0) return inFile
      const which = fault.message === 'unknown field' ? 'key' : 'value'
      return [at(fault.keys, declarativeErrors.INVALID(told(fault)), { which })]
    }),
  ]
  const rows = parsed.ok && errors.length === 0 ? parsed.rows : undefined
  const problems = [...bounded(inOrder(errors)), ...warningsOf(document, rows ?? [], at)]
  return {
    files: [file, ...functions.paths],
    problems,
    ...(rows !== undefined && { rows }),
    problemAt: (keys, message) =>
      at(
        keys,
        declarativeErrors.INVALID(keys.length === 0 ? message : `${keysText(keys)}: ${message}`),
      ),
  }
}

interface Telling {
  readonly which?: 'key' | 'value'
  readonly severity?: Problem['severity']
}

type At = (
  keys: DocumentKeys,
  error: ReturnType<typeof declarativeErrors.INVALID>,
  telling?: Telling,
) => Problem

/** A line that holds a secret is not shown, whatever the problem in it is about. */
function placing(document: YamlDocument, secrets: readonly string[]): At {
  const hidden = secrets
    .flatMap((secret) => secret.split('\n'))
    .filter((line) => line.trim() !== '')
  return (keys, error, { which = 'value', severity = 'error' } = {}) => {
    const { sourceLine, ...place } = document.placeOf(keys, which)
    const isShown = !hidden.some((secret) => sourceLine.includes(secret.trim()))
    return problemAt(place, error, { severity, ...(isShown && { sourceLine }) })
  }
}

/** `services[0].port: expected an integer, found "abc"`. */
function told({ keys, message, value }: DeclarativeFault): string {
  const isQuoted =
    value === undefined || message === 'unknown field' || message.includes(String(value))
  const found = isQuoted ? '' : `, found ${shortened(JSON.stringify(value))}`
  return `${keys.length === 0 ? '' : `${keysText(keys)}: `}${shortened(message, 1000)}${found}`
}

function shortened(text: string, length: number = 80): string {
  return text.length > length ? `${text.slice(0, length)}...` : text
}

/** Those of the declarative file by line; those of function files stay where they are told. */
function inOrder(problems: readonly Problem[]): readonly Problem[] {
  return problems.toSorted((a, b) =>
    a.origin === b.origin
      ? (a.line ?? 0) - (b.line ?? 0) || (a.column ?? 0) - (b.column ?? 0)
      : a.origin < b.origin
        ? -1
        : 1,
  )
}

function bounded(problems: readonly Problem[]): readonly Problem[] {
  const [first] = problems
  if (first === undefined || problems.length <= MAX_PROBLEMS) return problems
  const more = declarativeErrors.INVALID(`${problems.length - MAX_PROBLEMS} more problems`)
  const place = { origin: first.origin, line: undefined, column: undefined }
  return [...problems.slice(0, MAX_PROBLEMS), problemAt(place, more)]
}

function warningsOf(
  document: YamlDocument,
  rows: readonly DeclaredRow[],
  at: At,
): readonly Problem[] {
  const severity = 'warning'
  const hasInfo = Object.hasOwn(Object(document.value) as object, '_info')
  const info = declarativeErrors.NO_EFFECT('_info', 'is for decK and has no effect here')
  const ofRows = rows.flatMap(({ entity, row, keys }) =>
    exitTransformerWarnings(entity, row).map((text) =>
      at(keys, declarativeErrors.NO_EFFECT(keysText(keys), text), { severity }),
    ),
  )
  return [...(hasInfo ? [at(['_info'], info, { severity, which: 'key' })] : []), ...ofRows]
}
