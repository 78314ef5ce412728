import type { Environment, Program } from './compiler/evaluate.ts'
import { toLua } from './host/border.ts'
import { copyTables } from './host/copy-tables.ts'
import { addChunkFunctions } from './library/chunk-functions.ts'
import type { LoadSource } from './library/load.ts'
import { libraryTables } from './library/libraries.ts'
import type { Settings } from './options.ts'
import { uncharged } from './runtime/budget.ts'
import type { Surroundings } from './runtime/execution.ts'
import { surface } from './runtime/surface.ts'
import { LuaTable } from './runtime/table.ts'

/** Everything one chunk can see and change: its globals, its copies of the libraries. */
export interface World extends Surroundings {
  readonly environment: Environment
}

/** Compiles source, given as bytes. */
export type Compile = (source: string, chunkName: string, options?: CompileOptions) => Program

interface CompileOptions {
  /** Whether its functions may be suspended. Default: where what is written in it may wait. */
  readonly canSuspend?: boolean
}

/**
 * Answers what makes a world for a chunk. Functions of the host are bound once; tables are copied
 * for each chunk, so that what one replaces no other sees.
 */
export function createWorlds(settings: Settings, compile: Compile): (canWait: boolean) => World {
  const template = uncharged(() => createTemplate(settings))
  const own = new Map<string, Program>()
  const compileOwn: Compile = (source, chunkName) => {
    const program = own.get(source) ?? compile(source, chunkName)
    own.set(source, program)
    return program
  }
  return (canWait) =>
    uncharged(() => createWorld({ settings, template, compile, compileOwn, canWait }))
}

interface WorldParts {
  readonly settings: Settings
  readonly template: LuaTable
  readonly compile: Compile
  /** For sources of ours, compiled once for all worlds. */
  readonly compileOwn: Compile
  readonly canWait: boolean
}

function createTemplate(settings: Settings): LuaTable {
  const template = libraryTables(settings)
  const shared: Surroundings = {
    ...settings,
    allocated: { bytes: 0 },
    stringMeta: new LuaTable([], []),
  }
  for (const [name, value] of Object.entries(settings.globals)) {
    template.setKey(name, toLua(value, shared))
  }
  return template
}

function createWorld(parts: WorldParts): World {
  const { settings, template, compile, compileOwn, canWait } = parts
  const globals = copyTables(template)
  const environment: Environment = { t: globals }
  const loader =
    (translate: Compile): LoadSource =>
    (source, chunkName) => {
      const bind = translate(source, chunkName)(surface)
      return (own) => bind(own === undefined ? environment : { t: own })
    }
  // Of what a module is given to call, which may yield or wait, there is no word in its source.
  const load = loader((source, chunkName) => compile(source, chunkName, { canSuspend: true }))
  addChunkFunctions(globals, settings, { load, loadOwn: loader(compileOwn) })
  const stringMeta = new LuaTable(['__index', globals.getString('string')], [])
  const { fuel, memory, isSignal } = settings
  return { environment, stringMeta, fuel, memory, allocated: { bytes: 0 }, isSignal, canWait }
}
