import { checkString } from '../library/arguments.ts'
import { chargeCompile, type LoadSource } from '../library/load.ts'
import { LuaSyntaxError } from '../compiler/syntax-error.ts'
import { allocateString, spend } from '../runtime/budget.ts'
import { call, callFirst, first } from '../runtime/call.ts'
import { raise } from '../runtime/position.ts'
import { enterCallback, leaveNative } from '../runtime/protect.ts'
import { LuaTable, newTable, tableOf } from '../runtime/table.ts'
import { toText } from '../runtime/to-text.ts'
import {
  JSON_NULL,
  NOTHING,
  type Callable,
  type LuaResult,
  type LuaValue,
} from '../runtime/value.ts'
import { parseTemplate } from './parse-template.ts'

/** Compiled views a chunk keeps. */
const MAX_CACHED = 100

type Compiled = (globals: LuaTable) => Callable

export interface TemplateParts {
  readonly load: LoadSource
  readonly print: (text: string) => void
  /** The chunk's globals, where names are looked up last. */
  readonly globals: LuaTable
}

/**
 * The module `resty.template`. Views are texts: there are no files in here, unless the chunk gives
 * `template.load` a function that finds them.
 */
export function createTemplate({ load, print, globals }: TemplateParts): LuaTable {
  const template = newTable()
  const engine = new Engine(template, load, globals)
  const entries: Readonly<Record<string, LuaValue>> = {
    _VERSION: '2.0',
    cache: newTable(),
    caching: () => true,
    compile: (...args) => engine.compile(viewOf(args, 'compile')),
    compile_string: (...args) => engine.compile(viewOf(args, 'compile_string')),
    escape: (...args) => escape(args[0]),
    load: (...args) => args[0],
    new: (...args) => engine.create(args[0], args[1]),
    output: (...args) => output(args[0]),
    parse: (...args) => parseTemplate(viewOf(args, 'parse')),
    print: (...args) => {
      print(toText(args[0]))
      return NOTHING
    },
    process: (...args) => engine.process(viewOf(args, 'process'), args[1]),
    process_string: (...args) => engine.process(viewOf(args, 'process_string'), args[1]),
    render: (...args) => engine.render(viewOf(args, 'render'), args[1]),
    render_string: (...args) => engine.render(viewOf(args, 'render_string'), args[1]),
  }
  for (const [name, value] of Object.entries(entries)) template.setKey(name, value)
  return template
}

function viewOf(args: LuaValue[], name: string): string {
  return checkString(args[0], 1, name, args.length)
}

class Engine {
  readonly #template: LuaTable
  readonly #load: LoadSource
  readonly #globals: LuaTable
  readonly #compiled = new Map<string, Compiled>()

  constructor(template: LuaTable, load: LoadSource, globals: LuaTable) {
    this.#template = template
    this.#load = load
    this.#globals = globals
  }

  compile(name: string): Callable {
    const compiled = this.#compileView(this.#find(name))
    return (context, blocks) => this.#run(compiled, context, blocks)
  }

  process(name: string, context: LuaValue): LuaResult {
    return callFirst(this.compile(name), context)
  }

  render(name: string, context: LuaValue): LuaResult {
    return call(this.#template.getString('print'), this.process(name, context) as LuaValue)
  }

  /** `template.new(view, layout)`: its own table is the context. */
  create(view: LuaValue, layout: LuaValue): LuaValue {
    const name = checkString(view, 1, 'new')
    const whole = (self: LuaValue): LuaValue => {
      const inner = this.process(name, self) as LuaValue
      if (layout === undefined) return inner
      const context = childOf(self)
      context.setKey('view', inner)
      return this.process(checkString(layout, 2, 'new'), context) as LuaValue
    }
    const methods = tableOf({
      process: (self) => whole(self),
      render: (self) => call(this.#template.getString('print'), whole(self)),
    })
    const object = newTable()
    object.metatable = new LuaTable(
      ['__index', methods, '__tostring', (self: LuaValue) => whole(self)],
      [],
    )
    return object
  }

  /** The view a name stands for: what `template.load` answers, by default the name itself. */
  #find(name: string): string {
    const found = callFirst(this.#template.getString('load'), name)
    return typeof found === 'string' ? found : name
  }

  #compileView(view: string): Compiled {
    const known = this.#compiled.get(view)
    if (known !== undefined) return known
    const source = parseTemplate(view)
    chargeCompile(source)
    const compiled = this.#loadSource(source)
    if (this.#compiled.size >= MAX_CACHED) this.#compiled.clear()
    this.#compiled.set(view, compiled)
    return compiled
  }

  #loadSource(source: string): Compiled {
    try {
      return this.#load(source, 'template')
    } catch (error) {
      if (error instanceof LuaSyntaxError) throw raise(error.message)
      throw error
    }
  }

  /** Every run has globals of its own, which fall back to the context, the module, the chunk's. */
  #run(compiled: Compiled, given: LuaValue, givenBlocks: LuaValue): LuaResult {
    const context = given instanceof LuaTable ? given : newTable()
    const blocks = givenBlocks instanceof LuaTable ? givenBlocks : newTable()
    spend(RUN_STEPS)
    const globals = new LuaTable(['template', this.#template], [])
    const include: Callable = (name, own, ownBlocks, view) =>
      this.#include({ context, blocks }, [name, own, ownBlocks, view])
    const find: Callable = (_, key) =>
      lookUp(context, key) ?? this.#template.get(key) ?? this.#globals.get(key)
    globals.metatable = new LuaTable(['__index', find], [])
    const depth = enterCallback()
    const text = first(call(compiled(globals), context, blocks, include))
    leaveNative(depth)
    return text
  }

  #include(around: { context: LuaTable; blocks: LuaTable }, args: LuaValue[]): LuaResult {
    const [name, own, , view] = args
    let context = own instanceof LuaTable ? own : around.context
    if (view !== undefined) {
      context = childOf(context)
      context.setKey('view', view)
      context.setKey('blocks', around.blocks)
    }
    const compiled = this.#compileView(this.#find(output(name)))
    return this.#run(compiled, context, around.blocks)
  }
}

function childOf(parent: LuaValue): LuaTable {
  const child = newTable()
  child.metatable = new LuaTable(['__index', parent], [])
  return child
}

/** What making the globals of a run costs. */
const RUN_STEPS = 100

/** A context may inherit from another by `__index`, as the one of a layout does. */
function lookUp(context: LuaTable, key: LuaValue): LuaValue {
  let table: LuaValue = context
  for (let i = 0; i < 100 && table instanceof LuaTable; i++) {
    spend(1)
    const value = table.get(key)
    if (value !== undefined) return value
    const parent: LuaValue = table.metatable?.getString('__index')
    if (typeof parent === 'function') return callFirst(parent, table, key)
    table = parent
  }
  return undefined
}

/** What `{* *}` writes: nothing for nil and null, what a function answers for a function. */
function output(value: LuaValue): string {
  if (value === undefined || value === JSON_NULL) return ''
  if (typeof value === 'function') return output(callFirst(value))
  return toText(value)
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '/': '&#47;',
}

function escape(value: LuaValue): string {
  const text = output(value)
  spend(text.length >> 1)
  allocateString(text.length * 2)
  return text.replace(/[&<>"'/]/g, (character) => {
    spend(12)
    allocateString(6)
    return ENTITIES[character] as string
  })
}
