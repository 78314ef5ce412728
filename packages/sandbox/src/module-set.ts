import path from 'node:path'
import type { Literal } from 'acorn'
import MagicString from 'magic-string'
import { canWait } from './can-wait.ts'
import { blankComments } from './blank-comments.ts'
import { escapeLookalikes } from './escape-lookalikes.ts'
import { insertCharges } from './insert-charges.ts'
import { exportsOf, type ModuleExport } from './module-exports.ts'
import { type ModuleRequests, requestsOf } from './module-requests.ts'
import type { ModuleSource, ModuleSources } from './module-sources.ts'
import { type ParsedModule, parseModule } from './parse-module.ts'
import { createPositionMap, type Position, type PositionMap } from './position-map.ts'
import { refuseInModules } from './refuse-forms.ts'
import { refuseUnlisted } from './refuse-unlisted.ts'
import { type SourceProblem, SourceRefused } from './source-problem.ts'
import { syntaxNames } from './syntax-names.ts'
import { wrapModule } from './wrap-module.ts'

/** A module made ready for the processes that run it. */
export interface CompiledModule {
  readonly index: number
  readonly name: string
  /** An expression: see `wrapModule`. */
  readonly code: string
  readonly isCommonJs: boolean
  /** Whether promises can come up in it. */
  readonly waits: boolean
  /** The names that its `require` knows, each with the number of the module. */
  readonly requires: RequireTable
  /** The modules that it can ask for. */
  readonly asksFor: readonly number[]
  /** The place in its source of a place in `code`. */
  originalPosition(place: Position): Position | undefined
}

/** Names that may be required, each with the number of the module. */
export type RequireTable = readonly (readonly [name: string, index: number])[]

/** What is wrong with a module, and where. */
export interface ModuleProblem extends SourceProblem {
  /** The name of the module. */
  readonly module: string
}

/** Modules that were read together: each may import the others. */
export class ModuleSet {
  /** For each module that cannot be used, the first thing that is wrong with it. */
  readonly problems: readonly ModuleProblem[]
  readonly #read: readonly ReadModule[]
  readonly #byName: ReadonlyMap<string, number>
  readonly #byFile: ReadonlyMap<string, number>
  readonly #compiled: readonly (CompiledModule | undefined)[]
  readonly #names = new Map<number, ReadonlySet<string>>()

  constructor(sources: ModuleSources) {
    const problems: ModuleProblem[] = []
    const attempt = <T>(module: string, work: () => T): T | undefined => {
      try {
        return work()
      } catch (error) {
        if (!(error instanceof SourceRefused)) throw error
        problems.push({ module, ...error.problem })
        return undefined
      }
    }
    const names = Object.keys(sources)
    const read = names.flatMap((name) => attempt(name, () => readModule(name, sources[name])) ?? [])
    this.#read = read
    this.#byName = new Map(read.map(({ name }, index) => [name, index]))
    // The first of several names of one file.
    this.#byFile = new Map(read.map(({ file }, index) => [file ?? '', index] as const).toReversed())
    // What one that cannot be read exports is not known, nor that it is there.
    const isWhole = problems.length === 0
    this.#compiled = isWhole
      ? read.map((one, index) => attempt(one.name, () => this.#compile(one, index)))
      : []
    this.problems = problems
  }

  get isEmpty(): boolean {
    return this.#read.length === 0
  }

  /** The number of the module that a name means, in a function or in one of the modules. */
  find(name: string, from?: number): number | undefined {
    const file = from === undefined ? undefined : this.#read[from]?.file
    if (file === undefined || !isRelative(name)) return this.#byName.get(name)
    const target = path.resolve(path.dirname(file), name)
    return ENDINGS.map((ending) => this.#byFile.get(target + ending)).find(
      (one) => one !== undefined,
    )
  }

  /** What a module exports; undefined for CommonJS, of which nobody knows before it has run. */
  namesOf(index: number): ReadonlySet<string> | undefined {
    if (this.#at(index).parsed.isCommonJs) return undefined
    const known = this.#names.get(index)
    if (known !== undefined) return known
    const names = new Set<string>()
    // Each once, however many ways of `export *` lead to it.
    const reached = new Set([index])
    for (const at of reached) {
      for (const one of this.#at(at).exported) {
        const source = one.kind === 'all' ? this.find(textOf(one.source), at) : undefined
        if (source !== undefined) reached.add(source)
        if (one.kind !== 'all' && (at === index || one.name !== 'default')) names.add(one.name)
      }
    }
    this.#names.set(index, names)
    return names
  }

  /** The names that `require` knows in a source, each with the number of the module. */
  requireTable({ named, requiresAny }: ModuleRequests, from?: number): RequireTable {
    const listed = requiresAny ? [...this.#byName.keys()] : []
    const names = new Set([...named.map(({ name }) => name), ...listed])
    return [...names].flatMap((name) => {
      const index = this.find(name, from)
      return index === undefined ? [] : [[name, index] as const]
    })
  }

  /** The modules of these numbers and all that they can ask for. */
  reach(indices: Iterable<number>): readonly CompiledModule[] {
    const reached = new Set(indices)
    for (const index of reached) {
      for (const next of this.#compiled[index]?.asksFor ?? []) reached.add(next)
    }
    return [...reached].flatMap((index) => this.#compiled[index] ?? [])
  }

  #at(index: number): ReadModule {
    return this.#read[index] as ReadModule
  }

  #compile({ name, parsed, requests }: ReadModule, index: number): CompiledModule {
    refuseInModules(parsed, 'sandbox')
    refuseUnlisted(parsed, requests, { modules: this, from: index })
    const edited = this.#edit(parsed, index)
    const requires = this.requireTable(requests, index)
    let map: PositionMap | undefined
    return {
      index,
      name,
      code: edited.toString(),
      isCommonJs: parsed.isCommonJs,
      waits: canWait(parsed.root.node),
      requires,
      asksFor: requires.map(([, asked]) => asked),
      originalPosition(place) {
        map ??= createPositionMap(edited)
        return map(place)
      },
    }
  }

  #edit(parsed: ParsedModule, index: number): MagicString {
    const edited = new MagicString(parsed.text)
    const names = syntaxNames(parsed.root.node)
    const links = {
      // Those that are not there have been refused.
      indexOf: (source: Literal) => this.find(textOf(source), index) as number,
      namesOf: (other: number) => this.namesOf(other) ?? [],
    }
    blankComments(edited, parsed)
    insertCharges(edited, parsed, names)
    escapeLookalikes(edited, parsed)
    wrapModule(edited, parsed, { names, links })
    return edited
  }
}

/** As Node completes names in CommonJS. */
const ENDINGS = ['', '.js', '.json', '.cjs', '.mjs', '.ts', '/index.js'] as const

interface ReadModule {
  readonly name: string
  readonly file: string | undefined
  readonly parsed: ParsedModule
  readonly requests: ModuleRequests
  readonly exported: readonly ModuleExport[]
}

function readModule(name: string, given: string | ModuleSource = ''): ReadModule {
  const one = typeof given === 'string' ? { source: given } : given
  const file = 'file' in one && one.file !== undefined ? path.resolve(one.file) : fileOfName(name)
  const parsed = parseModule(one)
  const { node } = parsed.root
  return { name, file, parsed, requests: requestsOf(parsed), exported: exportsOf(node) }
}

function fileOfName(name: string): string | undefined {
  return isRelative(name) || path.isAbsolute(name) ? path.resolve(name) : undefined
}

function isRelative(name: string): boolean {
  return /^\.\.?(?:\/|$)/.test(name)
}

function textOf({ value }: Literal): string {
  return String(value)
}
