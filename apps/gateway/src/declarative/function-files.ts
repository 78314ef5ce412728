import path from 'node:path'
import type { DeclaredRow } from '@postern/entities'
import type { FunctionLanguage } from '@postern/exit-transformer'
import { FUNCTION_PHASES } from '@postern/pre-function'
import { readSource } from '../cli/read-source.ts'
import { isOutside, shownPath } from '../cli/shown-path.ts'
import type { Problem } from '../config/problem.ts'
import { sourceProblems } from '../exit-trials/read-functions.ts'
import { LANGUAGE_OF_ENDING } from '../functions/function-checks.ts'
import type { ModuleSettings } from '../functions/javascript-modules.ts'

/** A function that stands in a file of its own. */
interface FunctionFile {
  /** As problems name it. */
  readonly shown: string
  readonly source: string
  readonly language: FunctionLanguage
}

/** A name of a file that cannot be taken. */
export interface RefusedFile {
  readonly keys: readonly (string | number)[]
  readonly name: string
  readonly reason: string
}

/** Largest function file in bytes: what the engines take. */
const MAX_FUNCTION_BYTES = 64 * 1024

/** The fields of a plugin's `config` that hold functions. */
const FUNCTION_FIELDS: ReadonlyMap<unknown, readonly string[]> = new Map<
  unknown,
  readonly string[]
>([
  ['exit-transformer', ['functions']],
  ['pre-function', FUNCTION_PHASES],
  ['post-function', FUNCTION_PHASES],
])

/** The texts of all functions that plugins among the rows have. */
export function functionTexts(rows: readonly Pick<DeclaredRow, 'entity' | 'row'>[]): string[] {
  return rows.flatMap(({ entity, row: { name, config } }) => {
    const fields = entity === 'plugins' ? (FUNCTION_FIELDS.get(name) ?? []) : []
    // The schema of the plugin has seen it.
    const lists = config as Readonly<Record<string, readonly string[] | null | undefined>>
    return fields.flatMap((field) => lists[field] ?? [])
  })
}

/**
 * Puts the contents of files in the place of their names: a function `@./errors.ts` is the file
 * `errors.ts` beside the declarative file. A relative one stays below that folder.
 */
export class FunctionFiles {
  /** Absolute paths of all files that were named, those that cannot be read as well. */
  readonly paths: Set<string> = new Set()
  readonly refused: RefusedFile[] = []
  readonly #folder: string
  readonly #taken = new Map<string, FunctionFile>()

  /** @param file path of the declarative file, absolute */
  constructor(file: string) {
    this.#folder = path.dirname(file)
  }

  /** The fields of an entity, with functions in the place of file names. For `parseDeclarative`. */
  prepare(
    entity: string,
    fields: Readonly<Record<string, unknown>>,
    keys: readonly (string | number)[],
  ): Readonly<Record<string, unknown>> {
    const names = entity === 'plugins' ? FUNCTION_FIELDS.get(fields.name) : undefined
    const config = fields.config as Readonly<Record<string, unknown>> | null | undefined
    if (names === undefined || typeof config !== 'object' || config === null) return fields
    const language = fields.name === 'exit-transformer' ? languageIn(config) : 'auto'
    const read = names.flatMap((name) => {
      const list = Object.hasOwn(config, name) ? config[name] : undefined
      if (!Array.isArray(list)) return []
      const sources = list.map((source: unknown, index) =>
        isFileName(source)
          ? this.#read(source, [...keys, 'config', name, index], language)
          : source,
      )
      return [[name, sources] as const]
    })
    return { ...fields, config: { ...config, ...Object.fromEntries(read) } }
  }

  /** Whether the problem with what stands there has been told as one of its file. */
  isRefused(keys: readonly (string | number)[]): boolean {
    return this.refused.some((one) => textOf(one.keys) === textOf(keys))
  }

  /** What is wrong with the function at a place, told at its place in its file. Empty: nothing can be told so. */
  problemsAt(keys: readonly (string | number)[], config: ModuleSettings): readonly Problem[] {
    const file = this.#taken.get(textOf(keys))
    if (file === undefined || config.untrusted_functions === 'off') return []
    return sourceProblems(file.shown, file.source, { config, language: file.language })
  }

  /** The contents of the file; the name as it is when it has none. */
  #read(name: string, keys: readonly (string | number)[], language: FunctionLanguage): string {
    const file = path.resolve(this.#folder, name.slice(1))
    const refuse = (reason: string): string => {
      this.refused.push({ keys, name, reason })
      return name
    }
    const isBelow = !isOutside(path.relative(this.#folder, file))
    if (!isBelow && !path.isAbsolute(name.slice(1))) {
      return refuse(
        `it is outside of ${JSON.stringify(shownPath(this.#folder))}; name it by its absolute path`,
      )
    }
    if (!Object.hasOwn(LANGUAGE_OF_ENDING, path.extname(file))) {
      return refuse(`expected a name ending in ${Object.keys(LANGUAGE_OF_ENDING).join(', ')}`)
    }
    this.paths.add(file)
    const source = readSource(file, MAX_FUNCTION_BYTES)
    if (typeof source !== 'string') return refuse(source.message)
    if (source.trim() === '') return refuse('it is empty')
    this.#taken.set(textOf(keys), { shown: shownPath(file), source, language })
    return source
  }
}

/** No function begins so, in any language. */
function isFileName(source: unknown): source is string {
  return typeof source === 'string' && source.startsWith('@')
}

const LANGUAGES: readonly unknown[] = ['lua', 'javascript', 'typescript']

function languageIn({ language }: Readonly<Record<string, unknown>>): FunctionLanguage {
  return LANGUAGES.includes(language) ? (language as FunctionLanguage) : 'auto'
}

function textOf(keys: readonly (string | number)[]): string {
  return JSON.stringify(keys)
}
