import { performance } from 'node:perf_hooks'
import type { ModuleSources } from '@postern/sandbox'
import type { Store } from '@postern/store'
import { ConfigError } from '../config/config-error.ts'
import type { Problem } from '../config/problem.ts'
import { renewFunctions } from '../functions/function-edition.ts'
import {
  changedModules,
  moduleFiles,
  modulesFor,
  putModulesBack,
  readModulesAgain,
} from '../functions/javascript-modules.ts'
import type { PackageSettings } from '../functions/lua-endowments.ts'
import {
  changedLuaFiles,
  type LuaModuleFiles,
  luaModuleFiles,
  luaModuleProblems,
} from '../functions/lua-module-files.ts'
import { functionTexts } from './function-files.ts'
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
  /** Names of modules of functions, and of files that Lua requires, whose text is another than before. */
  readonly changedModules: readonly string[]
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
   * The modules that functions may import are read with it.
   *
   * @throws POSTERN_CONFIG_INVALID a `ConfigError` with every problem and its place
   */
  load(): Promise<LoadedDeclarative>
  /** Puts back what was there before the last `load`. */
  undo(): Promise<void>
}

/** What a source is made of. */
export interface DeclarativeSourceOptions extends Omit<DeclarativeNeeds, 'salt'> {
  readonly config: DeclarativeNeeds['config'] & PackageSettings
  /** Absolute path. */
  readonly file: string
  readonly store: Store
}

/** Makes a declarative file the source of a store. Reads nothing of it yet. One `load` at a time. */
export function createDeclarativeSource(options: DeclarativeSourceOptions): DeclarativeSource {
  return new DeclarativeFile(options)
}

/** What a `load` has made current. */
interface Current {
  readonly rows: LoadedRows
  readonly modules: ModuleSources
  readonly luaFiles: LuaModuleFiles
}

class DeclarativeFile implements DeclarativeSource {
  readonly #options: DeclarativeSourceOptions
  readonly #salt: string = crypto.randomUUID()
  #named: readonly string[]
  #current: Current
  #before: Current

  constructor(options: DeclarativeSourceOptions) {
    this.#options = options
    this.#named = [options.file]
    const modules = modulesFor(options.config)
    this.#current = { rows: new Map(), modules, luaFiles: new Map() }
    this.#before = this.#current
  }

  get files(): readonly string[] {
    const { luaFiles } = this.#current
    return [...this.#named, ...moduleFiles(this.#options.config), ...luaFiles.keys()]
  }

  async load(): Promise<LoadedDeclarative> {
    const startedAtMs = performance.now()
    const { config, store } = this.#options
    const before = this.#current
    try {
      // First: the functions are checked with them.
      const modules = readModulesAgain(config)
      const reading = this.#read()
      const { loaded, changes } = await this.#keep(reading)
      const luaFiles = luaModuleFiles(config, functionTexts(reading.rows ?? []))
      this.#before = before
      this.#current = { rows: loaded, modules, luaFiles }
      const changed = [
        ...changedModules(before.modules, modules),
        ...changedLuaFiles(before.luaFiles, luaFiles),
      ]
      if (changed.length > 0) renewFunctions(config)
      const { revision } = await store.readAll()
      const milliseconds = performance.now() - startedAtMs
      const warnings = [...reading.problems, ...luaModuleProblems(luaFiles)]
      return { revision, changes, changedModules: changed, warnings, milliseconds }
    } catch (error) {
      putModulesBack(config, this.#current.modules)
      throw error
    }
  }

  async undo(): Promise<void> {
    const { config, store, entities } = this.#options
    const { rows, modules, luaFiles } = this.#before
    const put = rowsToPutBack(rows, entities)
    const { loaded } = await replaceRows(store, put, { entities, before: this.#current.rows })
    this.#current = { rows: loaded, modules, luaFiles }
    putModulesBack(config, modules)
    renewFunctions(config)
  }

  #read(): DeclarativeReading {
    const reading = readDeclarative(this.#options.file, { ...this.#options, salt: this.#salt })
    const { files, rows } = reading
    // What a broken file names cannot be known: those that were read before are still meant.
    this.#named = rows === undefined ? [...new Set([...this.#named, ...files])] : files
    return reading
  }

  async #keep({ rows, problems, problemAt }: DeclarativeReading) {
    if (rows === undefined) throw new ConfigError(problems)
    const { store, entities } = this.#options
    try {
      return await replaceRows(store, rows, { entities, before: this.#current.rows })
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
