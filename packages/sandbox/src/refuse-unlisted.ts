import type { AnyNode, Program } from 'acorn'
import { exportName } from './module-exports.ts'
import type { ModuleRequests } from './module-requests.ts'
import type { ModuleSet } from './module-set.ts'
import type { ParsedFunction } from './parse-function.ts'
import { printable } from './printable.ts'
import { refuseAt } from './source-problem.ts'
import { importedName } from './take-imports.ts'

/** Which modules there are for whom. */
export interface Listed {
  readonly modules: ModuleSet
  /** The number of the module that asks; undefined for a function. */
  readonly from?: number
}

/**
 * Refuses what cannot be imported: modules that are not listed, in Kong's words, and names that a
 * listed one does not export.
 *
 * @throws SourceRefused at the name
 */
export function refuseUnlisted(
  { root, text }: ParsedFunction,
  { named }: ModuleRequests,
  { modules, from }: Listed,
): void {
  for (const { name, at, isBound } of named) {
    if (!isBound || modules.find(name, from) !== undefined) continue
    const message = `require '${shortened(name)}' not allowed within sandbox`
    refuseAt(text, at, message, { unlisted: name })
  }
  if (root.form === 'expression') return
  for (const { source, name, at } of importedNames(root.node)) {
    const exported = modules.namesOf(modules.find(source, from) as number)
    if (exported === undefined && name === undefined) refuseAt(text, at, STAR)
    if (exported === undefined || name === undefined || exported.has(name)) continue
    refuseAt(text, at, `the module '${source}' does not export '${shortened(name)}'`)
  }
}

/** Of CommonJS nobody knows what it exports before it has run. */
const STAR = '`export *` from CommonJS is refused: list the names, `export { a } from`'

interface ImportedName {
  readonly source: string
  /** Undefined for all of them: `export * from`. */
  readonly name: string | undefined
  readonly at: number
}

function importedNames({ body }: Program): readonly ImportedName[] {
  return body.flatMap((node) => {
    const source = 'source' in node ? node.source?.value : undefined
    if (typeof source !== 'string') return []
    return namesIn(node).map(({ name, start }) => ({ source, name, at: start }))
  })
}

function namesIn(node: AnyNode): readonly { readonly name?: string; readonly start: number }[] {
  switch (node.type) {
    case 'ImportDeclaration':
      return node.specifiers.flatMap((one) =>
        one.type === 'ImportNamespaceSpecifier'
          ? []
          : [{ name: importedName(one), start: one.start }],
      )
    case 'ExportNamedDeclaration':
      return node.specifiers.map(({ local }) => ({ name: exportName(local), start: local.start }))
    case 'ExportAllDeclaration':
      return node.exported ? [] : [{ start: node.start }]
    default:
      return []
  }
}

function shortened(name: string): string {
  return printable(name.length > 100 ? `${name.slice(0, 100)}...` : name)
}
