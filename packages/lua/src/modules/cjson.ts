import { checkInteger, checkString } from '../library/arguments.ts'
import { allocate, spend } from '../runtime/budget.ts'
import { LuaThrow } from '../runtime/control.ts'
import { raise } from '../runtime/position.ts'
import { tableOf, type LuaTable } from '../runtime/table.ts'
import {
  JSON_NULL,
  NOTHING,
  type Callable,
  type LuaResult,
  type LuaValue,
} from '../runtime/value.ts'
import { decodeJson } from './json-decode.ts'
import { ARRAY_METATABLE, EMPTY_ARRAY, EMPTY_ARRAY_METATABLE, encodeJson } from './json-encode.ts'
import { defaultSettings, type JsonSettings } from './json-settings.ts'

/** A table with twenty functions of its own. */
const MODULE_STEPS = 800
const MODULE_BYTES = 8192

/** The module `cjson`, or `cjson.safe`, which answers nil and a message instead of raising. */
export function createCjson(isSafe: boolean): LuaTable {
  const settings = defaultSettings()
  const guard = isSafe ? answered : (work: Callable): Callable => work
  return tableOf({
    _NAME: isSafe ? 'cjson.safe' : 'cjson',
    _VERSION: '2.1.0.14',
    array_mt: ARRAY_METATABLE,
    decode: guard((...args) => decode(args, settings)),
    empty_array: EMPTY_ARRAY,
    empty_array_mt: EMPTY_ARRAY_METATABLE,
    encode: guard((...args) => encode(args, settings)),
    new: () => {
      spend(MODULE_STEPS)
      allocate(MODULE_BYTES)
      return createCjson(isSafe)
    },
    null: JSON_NULL,
    ...settingFunctions(settings),
  })
}

function encode(args: LuaValue[], settings: JsonSettings): LuaResult {
  if (args.length !== 1) throw raise(`bad argument #1 to 'encode' (expected 1 argument)`)
  return encodeJson(args[0], settings)
}

function decode(args: LuaValue[], settings: JsonSettings): LuaResult {
  if (args.length !== 1) throw raise(`bad argument #1 to 'decode' (expected 1 argument)`)
  return decodeJson(checkString(args[0], 1, 'decode', args.length), settings)
}

/** What taking a message apart costs. */
const ERROR_STEPS = 200

/** Position and budget stay out of it: only what the module itself complains about is answered. */
function answered(work: Callable): Callable {
  return (...args) => {
    try {
      return work(...args)
    } catch (error) {
      if (!(error instanceof LuaThrow)) throw error
      spend(ERROR_STEPS)
      const message = typeof error.value === 'string' ? error.value : 'unknown error'
      return [undefined, message.replace(/^.*?:\d+: /, '')]
    }
  }
}

/** Each sets what it is given and answers what now holds. */
function settingFunctions(settings: JsonSettings): Readonly<Record<string, Callable>> {
  return {
    decode_array_with_array_mt: () => NOTHING,
    decode_invalid_numbers: () => true,
    decode_max_depth: (...args) => {
      if (args[0] !== undefined) settings.decodeMaxDepth = depthOf(args[0])
      return settings.decodeMaxDepth
    },
    encode_empty_table_as_object: (...args) => {
      if (args[0] !== undefined)
        settings.emptyTableIsObject = args[0] !== false && args[0] !== 'off'
      return settings.emptyTableIsObject
    },
    encode_escape_forward_slash: (...args) => {
      if (args[0] !== undefined) settings.escapesSlash = args[0] !== false
      return settings.escapesSlash
    },
    encode_invalid_numbers: (...args) => {
      if (args[0] !== undefined) settings.allowsInvalidNumbers = args[0] === true
      return settings.allowsInvalidNumbers
    },
    encode_keep_buffer: () => true,
    encode_max_depth: (...args) => {
      if (args[0] !== undefined) settings.encodeMaxDepth = depthOf(args[0])
      return settings.encodeMaxDepth
    },
    encode_number_precision: (...args) => {
      if (args[0] !== undefined) {
        settings.precision = Math.min(17, Math.max(1, checkInteger(args[0], 1, 'precision')))
      }
      return settings.precision
    },
    encode_sparse_array: (...args) => sparse(settings, args),
  }
}

/** More than this many levels would be too deep for the encoder's own recursion. */
function depthOf(value: LuaValue): number {
  return Math.min(1000, Math.max(1, checkInteger(value, 1, 'max_depth')))
}

function sparse(settings: JsonSettings, [convert, ratio, safe]: LuaValue[]): LuaResult {
  if (convert !== undefined) settings.convertsSparse = convert === true
  if (ratio !== undefined) settings.sparseRatio = checkInteger(ratio, 2, 'encode_sparse_array')
  if (safe !== undefined) settings.sparseSafe = checkInteger(safe, 3, 'encode_sparse_array')
  return [settings.convertsSparse, settings.sparseRatio, settings.sparseSafe]
}
