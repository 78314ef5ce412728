import type {
  AnyNode,
  ExportDefaultDeclaration,
  ExportNamedDeclaration,
  Literal,
  Program,
} from 'acorn'
import { namesInPattern } from './bound-names.ts'

/** What one declaration of a module exports. */
export type ModuleExport =
  /** A variable of its own; `local` is undefined for the value of an `export default`. */
  | { readonly kind: 'own'; readonly name: string; readonly local: string | undefined }
  /** Something of another module; `imported` is undefined for all of it: `export * as a from`. */
  | {
      readonly kind: 'from'
      readonly name: string
      readonly imported: string | undefined
      readonly source: Literal
      readonly at: number
    }
  | { readonly kind: 'all'; readonly source: Literal }

/** What a module exports, in the order of its source. */
export function exportsOf({ body }: Program): readonly ModuleExport[] {
  return body.flatMap((node): readonly ModuleExport[] => {
    switch (node.type) {
      case 'ExportDefaultDeclaration':
        return [{ kind: 'own', name: 'default', local: defaultName(node) }]
      case 'ExportNamedDeclaration':
        return node.source ? listed(node, node.source) : declared(node)
      case 'ExportAllDeclaration': {
        const { source, exported, start } = node
        if (!exported) return [{ kind: 'all', source }]
        const name = exportName(exported)
        return [{ kind: 'from', name, imported: undefined, source, at: start }]
      }
      default:
        return []
    }
  })
}

/** The name of what is exported as default, where it has one: it is hoisted. */
export function defaultName({ declaration }: ExportDefaultDeclaration): string | undefined {
  const { type } = declaration
  if (type !== 'FunctionDeclaration' && type !== 'ClassDeclaration') return undefined
  return declaration.id?.name
}

/** The name of an export or import, which may be a text: `export { a as 'b c' }`. */
export function exportName(node: AnyNode): string {
  return node.type === 'Identifier' ? node.name : String((node as Literal).value)
}

function listed({ specifiers }: ExportNamedDeclaration, source: Literal): ModuleExport[] {
  return specifiers.map(({ exported, local }) => {
    const name = exportName(exported)
    return { kind: 'from', name, imported: exportName(local), source, at: local.start }
  })
}

function declared({ declaration, specifiers }: ExportNamedDeclaration): ModuleExport[] {
  const names =
    declaration?.type === 'VariableDeclaration'
      ? declaration.declarations.flatMap(({ id }) => namesInPattern(id))
      : namesInPattern(declaration?.id)
  const own = names.map((name) => ({ kind: 'own', name, local: name }) as const)
  const renamed = specifiers.map(({ exported, local }) => {
    return { kind: 'own', name: exportName(exported), local: exportName(local) } as const
  })
  return [...own, ...renamed]
}
