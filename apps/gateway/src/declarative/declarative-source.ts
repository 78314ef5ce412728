import { performance } from 'node:perf_hooks'
import type { Store } from '@postern/store'
import { ConfigError } from '../config/config-error.ts'
import type { Problem } from '../config/problem.ts'
import {
  type DeclarativeNeeds,
  type DeclarativeReading,
  readDeclarative,
} from './read-declarative.ts'
import { type LoadedRows, replaceRows, type RowChanges, RowFaults } from './replace-rows.ts'

/** What came of loading a declarative file. */
export interface LoadedDeclarative {
  /** Of the store. Stays when nothing has changed. */
  readonly revision: number
  readonly changes: readonly RowChanges[]
  readonly warnings: readonly Problem[]
  /** How long reading, checking and storing took. */
  readonly milliseconds: number
}

/** A declarative file as the source of a store. */
export interface DeclarativeSource {
  /** Absolute paths of all that was read last, or would have been. */
  readonly files: readonly string[]
  /**
   * Reads the file and puts what is in it in the place of what the store holds, or changes nothing.
   *
   * @throws POSTERN_CONFIG_INVALID a `ConfigError` with every problem and its place
   */
  load(): Promise<LoadedDeclarative>
  /** Puts back what was there before the last `load`. */
  undo(): Promise<void>
}

/** What a source is made of. */
export interface DeclarativeSourceOptions extends Omit<DeclarativeNeeds, 'salt'> {
  /** Absolute path. */
  readonly file: string
  readonly store: Store
}

/** Makes a declarative file the source of a store. Reads nothing yet. One `load` at a time. */
export function createDeclarativeSource(options: DeclarativeSourceOptions): DeclarativeSource {
  const { file, store, entities } = options
  const needs = { ...options, salt: crypto.randomUUID() }
  let files: readonly string[] = [file]
  let current: LoadedRows = new Map()
  let before: LoadedRows = current
  return {
    get files() {
      return files
    },
    async load() {
      const startedAtMs = performance.now()
      const reading = readDeclarative(file, needs)
      // What a broken file names cannot be known: those that were read before are still meant.
      files =
        reading.rows === undefined ? [...new Set([...files, ...reading.files])] : reading.files
      const { loaded, changes } = await keep(reading)
      before = current
      current = loaded
      const { revision } = await store.readAll()
      const milliseconds = performance.now() - startedAtMs
      return { revision, changes, warnings: reading.problems, milliseconds }
    },
    async undo() {
      const rows = rowsToPutBack(before, entities)
      current = (await replaceRows(store, rows, { entities, before: current })).loaded
    },
  }

  async function keep({ rows, problems, problemAt }: DeclarativeReading) {
    if (rows === undefined) throw new ConfigError(problems)
    try {
      return await replaceRows(store, rows, { entities, before: current })
    } catch (error) {
      throw error instanceof RowFaults ? refusalOf(error, problemAt) : error
    }
  }
}

/** They have no places: what was loaded before is good. */
function rowsToPutBack(before: LoadedRows, entities: DeclarativeNeeds['entities']) {
  return [...before].map(([key, { row }]) => {
    const [entity] = key.split('\n') as [string]
    const schema = entities.find(({ name }) => name === entity) as (typeof entities)[number]
    return { entity, schema, row, keys: [] }
  })
}

/** What the store refuses, at its places in the file. */
function refusalOf({ faults }: RowFaults, problemAt: DeclarativeReading['problemAt']): ConfigError {
  return new ConfigError(
    faults.map(({ row, field, message }) =>
      problemAt(field === undefined ? row.keys : [...row.keys, field], message),
    ),
  )
}
