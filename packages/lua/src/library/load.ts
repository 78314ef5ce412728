import { readFileSync, statSync } from 'node:fs'
import { LuaSyntaxError } from '../compiler/syntax-error.ts'
import { MAX_SOURCE_BYTES } from '../compiler/parser.ts'
import { allocateString, spend } from '../runtime/budget.ts'
import { call, callFirst } from '../runtime/call.ts'
import { raise } from '../runtime/position.ts'
import type { LuaTable } from '../runtime/table.ts'
import type { Callable, LuaResult, LuaValue } from '../runtime/value.ts'
import { badArgument, checkFunction, checkString, checkTable } from './arguments.ts'

/**
 * Compiles source in a chunk's world. What is answered makes the function, as often as wanted, with
 * the chunk's globals or others.
 */
export type LoadSource = (source: string, chunkName: string) => (globals?: LuaTable) => Callable

/** What compiling costs while a call runs: a fixed part for the engine's own compiler, and each byte. */
const STEPS_PER_COMPILE = 20_000
const STEPS_PER_BYTE = 20

/** `load`, `loadstring`, `loadfile` and `dofile`, which only mode `on` has. */
export function loadFunctions(load: LoadSource): Readonly<Record<string, Callable>> {
  return {
    load: (...args) => {
      const [chunk, name, , globals] = args
      const source = typeof chunk === 'string' ? chunk : collect(chunk, args.length)
      return compileText(load, source, chunkNameOf(name, source), globals)
    },
    loadstring: (...args) => {
      const source = checkString(args[0], 1, 'loadstring', args.length)
      return compileText(load, source, chunkNameOf(args[1], source), undefined)
    },
    loadfile: (...args) => {
      const name = checkString(args[0], 1, 'loadfile', args.length)
      const source = readSource(name)
      if (source === undefined) return [undefined, `cannot open ${name}`]
      return compileText(load, source, name, undefined)
    },
    dofile: (...args) => {
      const name = checkString(args[0], 1, 'dofile', args.length)
      const source = readSource(name)
      if (source === undefined) throw raise(`cannot open ${name}`)
      return call(compileOrThrow(load, source, name))
    },
  }
}

/** Reads a file as bytes, or answers nothing. Charged like a string of its size. */
export function readSource(name: string): string | undefined {
  try {
    // A name of Lua is bytes, as a name of the system is.
    const file = Buffer.from(name, 'latin1')
    const { size } = statSync(file)
    allocateString(size)
    // A first line for the shell is no Lua; its newline stays, so that lines keep their numbers.
    return readFileSync(file, 'latin1').replace(/^#.*/, '')
  } catch (error) {
    if (error instanceof Error) return undefined
    throw error
  }
}

/** Compiles for a Lua caller: a fault in the source becomes a Lua error. */
export function compileOrThrow(load: LoadSource, source: string, chunkName: string): Callable {
  const compiled = compileText(load, source, chunkName, undefined)
  if (typeof compiled === 'function') return compiled
  throw raise((compiled as LuaValue[])[1] as string)
}

function compileText(
  load: LoadSource,
  source: string,
  chunkName: string,
  globals: LuaValue,
): LuaResult {
  chargeCompile(source)
  const table = globals === undefined ? undefined : checkTable(globals, 4, 'load')
  try {
    return load(source, chunkName)(table)
  } catch (error) {
    if (error instanceof LuaSyntaxError) return [undefined, error.message]
    throw error
  }
}

/** Compiling at run time is paid by the call that does it. */
export function chargeCompile(source: string): void {
  if (source.length > MAX_SOURCE_BYTES) throw raise(`chunk has more than ${MAX_SOURCE_BYTES} bytes`)
  spend(STEPS_PER_COMPILE + source.length * STEPS_PER_BYTE)
  allocateString(source.length * 8)
}

function collect(reader: LuaValue, given: number): string {
  checkFunction(reader, 1, 'load', given)
  const parts: string[] = []
  for (;;) {
    const part = callFirst(reader)
    if (part === undefined || part === '') return parts.join('')
    if (typeof part !== 'string')
      throw badArgument(1, 'load', 'reader function must return a string')
    allocateString(part.length)
    parts.push(part)
  }
}

/** `=name` and `@file` name the chunk; anything else is source, shown as `[string "…"]`. */
function chunkNameOf(name: LuaValue, source: string): string {
  const given = typeof name === 'string' ? name : source
  if (given[0] === '=' || given[0] === '@') return given.slice(1, 61)
  const line = given.split('\n', 1)[0] as string
  return line.length === given.length && line.length < 45
    ? `[string "${line}"]`
    : `[string "${line.slice(0, 45 - 3)}..."]`
}
