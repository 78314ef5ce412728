import type { Environment, Program } from './compiler/evaluate.ts'
import { toLua } from './host/border.ts'
import { copyTables } from './host/copy-tables.ts'
import { libraryTables, stringLibrary } from './library/libraries.ts'
import { worldFunctions } from './library/world-functions.ts'
import type { Settings } from './options.ts'
import { uncharged } from './runtime/budget.ts'
import type { Surroundings } from './runtime/execution.ts'
import { LuaTable } from './runtime/table.ts'

/** Everything one chunk can see and change: its globals, its copies of the libraries. */
export interface World extends Surroundings {
  readonly environment: Environment
}

/** Answers what makes a world for a chunk. Functions of the host are bound once, tables copied each time. */
export function createWorlds(
  settings: Settings,
  compile: (source: string, chunkName: string) => Program,
): () => World {
  const template = uncharged(() => createTemplate(settings))
  return () => uncharged(() => createWorld(settings, template, compile))
}

function createTemplate(settings: Settings): LuaTable {
  const template = libraryTables(settings)
  const shared: Surroundings = { ...settings, stringMeta: new LuaTable([], []) }
  for (const [name, value] of Object.entries(settings.globals)) {
    template.setKey(name, toLua(value, shared))
  }
  return template
}

function createWorld(
  settings: Settings,
  template: LuaTable,
  compile: (source: string, chunkName: string) => Program,
): World {
  const globals = copyTables(template)
  const strings = globals.getString(stringLibrary)
  const stringMeta = new LuaTable(['__index', strings], [])
  const { fuel, memory, isSignal } = settings
  const world: World = { environment: { t: globals }, stringMeta, fuel, memory, isSignal }
  globals.setKey('_G', globals)
  for (const [name, value] of Object.entries(worldFunctions(settings, world, compile))) {
    globals.setKey(name, value)
  }
  return world
}
