import { randomInt } from 'node:crypto'
import { decodeLossy } from '../host/utf8.ts'
import { moduleMakers } from '../modules/modules.ts'
import type { Settings } from '../options.ts'
import { allocateString, spend } from '../runtime/budget.ts'
import { LuaTable } from '../runtime/table.ts'
import { toText } from '../runtime/to-text.ts'
import { NOTHING, type Callable } from '../runtime/value.ts'
import { loadFunctions, type LoadSource } from './load.ts'
import { randomFunctions } from './math.ts'
import { moduleFunction } from './module.ts'
import { RandomSource } from './random.ts'
import { packageTable, requireFunction } from './require.ts'

/** What a printed line costs besides its length: somebody writes it to a log. */
const PRINT_STEPS = 1000

/** Adds to a chunk's globals what belongs to this chunk alone. */
export function addChunkFunctions(
  globals: LuaTable,
  settings: Settings,
  { load, loadOwn }: { load: LoadSource; loadOwn: LoadSource },
): void {
  globals.setKey('_G', globals)
  globals.setKey('print', printFunction(settings))
  addRandom(globals, settings)
  const loaded = new LuaTable([], [])
  const modules = moduleMakers({ settings, load, loadOwn, globals })
  const search = settings.isOpen ? packageTable(loaded, settings.packagePath, globals) : undefined
  globals.setKey('require', requireFunction({ settings, modules, load, loaded, search }))
  if (search === undefined) {
    addExtra(globals, settings, load)
    return
  }
  globals.setKey('module', moduleFunction(loaded, globals))
  globals.setKey('package', search)
  for (const [name, value] of Object.entries(loadFunctions(load))) globals.setKey(name, value)
  for (let at = globals.advance(0); at !== 0; at = globals.advance(at)) {
    const library = globals.valueAt(at)
    if (library instanceof LuaTable) loaded.setKey(globals.keyAt(at), library)
  }
}

/** Those of `load` and its like that the sandbox was given by name. */
function addExtra(globals: LuaTable, { extraGlobals }: Settings, load: LoadSource): void {
  for (const [name, value] of Object.entries(loadFunctions(load))) {
    if (extraGlobals.has(name)) globals.setKey(name, value)
  }
}

function printFunction({ print }: Settings): Callable {
  return (...args) => {
    const line = `${args.map((value) => toText(value)).join('\t')}\n`
    spend(PRINT_STEPS + line.length)
    allocateString(line.length)
    print(decodeLossy(line))
    return NOTHING
  }
}

/** The sandbox has no `randomseed`: it could only make numbers foreseeable. */
function addRandom(globals: LuaTable, { isOpen }: Settings): void {
  const math = globals.getString('math')
  if (!(math instanceof LuaTable)) return
  const { guard } = math
  math.guard = undefined
  const { random, randomseed } = randomFunctions(new RandomSource(randomInt(2 ** 31)))
  math.setKey('random', random)
  if (isOpen) math.setKey('randomseed', randomseed)
  math.guard = guard
}
