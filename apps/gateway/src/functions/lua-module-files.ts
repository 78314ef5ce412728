import { readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { checkLua } from '@postern/lua'
import { functionProblem } from '../cli/function-problem.ts'
import { shownPath } from '../cli/shown-path.ts'
import type { Problem } from '../config/problem.ts'
import { packagePathOf, type PackageSettings } from './lua-endowments.ts'

/** Files that Lua functions may read when they `require`, by absolute path; undefined: it cannot be read. */
export type LuaModuleFiles = ReadonlyMap<string, string | undefined>

/**
 * The files that functions require by a name that stands in their text, and those that these files
 * require. Names that are computed are not known before they are.
 *
 * Where a file is not there the next one of `lua_package_path` is meant, so that all up to the one that
 * is there are among them.
 */
export function luaModuleFiles(
  settings: PackageSettings,
  sources: readonly string[],
): LuaModuleFiles {
  const patterns = packagePathOf(settings)
  const files = new Map<string, string | undefined>()
  const open = [...sources]
  const names = new Set<string>()
  for (const source of open) {
    for (const [, name = ''] of source.matchAll(REQUIRE)) {
      if (names.has(name)) continue
      names.add(name)
      open.push(...read(candidates(name, patterns), files))
    }
  }
  return files
}

/** `require "a.b"`, `require("a.b")`, `pcall(require, 'a.b')`. */
const REQUIRE = /\brequire\s*[(,]?\s*["']([^"'\\\n]{1,200})["']/g

/** As `require` looks for it. */
function candidates(name: string, patterns: readonly string[]): string[] {
  if (name.includes('..') || name.includes('\0')) return []
  const below = name.replaceAll('.', '/')
  return patterns.map((pattern) => path.resolve(pattern.replaceAll('?', () => below)))
}

/** The text of the first that is there; all that were looked for are noted. */
function read(candidates: readonly string[], files: Map<string, string | undefined>): string[] {
  for (const file of candidates) {
    const text = textOf(file)
    files.set(file, text)
    if (text !== undefined) return [text]
  }
  return []
}

function textOf(file: string): string | undefined {
  try {
    // Not a device: it has no end.
    return statSync(file).isFile() ? readFileSync(file, 'utf8') : undefined
  } catch {
    return undefined
  }
}

/** Those that were known before and are not the same, by their paths as people say them. */
export function changedLuaFiles(before: LuaModuleFiles, after: LuaModuleFiles): readonly string[] {
  return [...after]
    .filter(([file, text]) => before.has(file) && before.get(file) !== text)
    .map(([file]) => shownPath(file))
}

/**
 * What is wrong with the files, at its place. Warnings: whoever requires such a file can go on without
 * it, and a name may stand in a comment.
 */
export function luaModuleProblems(files: LuaModuleFiles): readonly Problem[] {
  return [...files].flatMap(([file, text]) => {
    // A first line for the shell is no Lua.
    const source = text?.replace(/^#.*/, '') ?? ''
    const found = checkLua(source, shownPath(file))
    if (found === undefined) return []
    const problem = functionProblem(shownPath(file), source, { code: SYNTAX, ...found })
    return [{ ...problem, severity: 'warning' as const }]
  })
}

const SYNTAX = 'POSTERN_LUA_SYNTAX'
