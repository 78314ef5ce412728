import { type Comment, parse, type Program } from 'acorn'
import { firstThatParses } from './first-that-parses.ts'
import { MAX_MODULE_LENGTH, type ModuleSource } from './module-sources.ts'
import type { Language, ParsedFunction } from './parse-function.ts'
import { parserOptions } from './parser-options.ts'
import { refuseAt } from './source-problem.ts'
import { stripTypes } from './strip-types.ts'

/** A module's source, read and not run. */
export interface ParsedModule extends ParsedFunction {
  readonly root: { readonly form: 'module'; readonly node: Program }
  /** CommonJS is what neither imports nor exports by declarations. */
  readonly isCommonJs: boolean
}

/**
 * Reads a module's source. CommonJS is read in strict mode as well.
 *
 * @throws SourceRefused
 */
export function parseModule({ source, language }: ModuleSource): ParsedModule {
  if (source.length > MAX_MODULE_LENGTH) {
    refuseAt(source, 0, `the source has more than ${MAX_MODULE_LENGTH} characters`)
  }
  const attempts: Readonly<Record<Language, () => ParsedModule>> = {
    javascript: () => parseText(source, 'javascript'),
    typescript: () => parseText(stripTypes(source, source, 0), 'typescript'),
  }
  const tried = language === undefined ? Object.values(attempts) : [attempts[language]]
  return firstThatParses(source, tried)
}

function parseText(text: string, language: Language): ParsedModule {
  const comments: Comment[] = []
  const node = parse(text, parserOptions(text, comments))
  // A file of types alone is an ESM module from which other files of types export.
  const isOfTypes = language === 'typescript' && node.body.length === 0
  const isCommonJs = !isOfTypes && node.body.every(({ type }) => !DECLARATIONS.has(type))
  return { language, text, comments, root: { form: 'module', node }, isCommonJs }
}

const DECLARATIONS: ReadonlySet<string> = new Set([
  'ImportDeclaration',
  'ExportDefaultDeclaration',
  'ExportNamedDeclaration',
  'ExportAllDeclaration',
])
