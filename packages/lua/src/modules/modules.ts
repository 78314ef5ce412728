import { randomBytes, randomUUID } from 'node:crypto'
import { checkInteger } from '../library/arguments.ts'
import type { LoadSource } from '../library/load.ts'
import type { ModuleMaker } from '../library/require.ts'
import type { Settings } from '../options.ts'
import { allocateString, spend, uncharged } from '../runtime/budget.ts'
import { decodeLossy } from '../host/utf8.ts'
import { callFirst } from '../runtime/call.ts'
import { tableOf, type LuaTable } from '../runtime/table.ts'
import type { LuaValue } from '../runtime/value.ts'
import { createCjson } from './cjson.ts'
import { KONG_TOOLS_UTILS } from './kong-tools-utils.ts'
import { createTemplate } from './resty-template.ts'

export interface ModuleParts {
  readonly settings: Settings
  readonly load: LoadSource
  /** For sources of ours: compiled once for all chunks. */
  readonly loadOwn: LoadSource
  /** The chunk's globals. */
  readonly globals: LuaTable
}

/** The modules of this package, made for a chunk when it first requires them. */
export function moduleMakers(parts: ModuleParts): ReadonlyMap<string, ModuleMaker> {
  const { settings, load, loadOwn, globals } = parts
  const print = (text: string): void => settings.print(decodeLossy(text))
  return new Map<string, ModuleMaker>([
    ['cjson', () => createCjson(false)],
    ['cjson.safe', () => createCjson(true)],
    ['kong.tools.utils', () => uncharged(() => createUtils(loadOwn))],
    ['resty.template', () => createTemplate({ load, print, globals })],
  ])
}

function createUtils(load: LoadSource): LuaValue {
  return callFirst(load(KONG_TOOLS_UTILS, 'kong.tools.utils')(), hostFunctions())
}

/** Asking the system for random bytes. */
const RANDOM_STEPS = 60

function hostFunctions(): LuaTable {
  return tableOf({
    random_bytes: (...args) => {
      const count = Math.max(0, checkInteger(args[0], 1, 'get_random_bytes', args.length))
      allocateString(count)
      spend(RANDOM_STEPS)
      return randomBytes(count).toString('latin1')
    },
    random_string: () => {
      spend(RANDOM_STEPS)
      return randomBytes(24).toString('base64url')
    },
    uuid: () => {
      spend(RANDOM_STEPS)
      return randomUUID()
    },
  })
}
