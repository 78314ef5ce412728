import type { ExportDefaultDeclaration, ExportNamedDeclaration, ImportDeclaration } from 'acorn'
import type MagicString from 'magic-string'
import type { ParsedFunction } from './parse-function.ts'
import { type SyntaxNames, syntaxParameters } from './syntax-names.ts'

/**
 * Turns either form of a source into one expression: a function of the meter that answers the
 * user's function. All of it is added to the first and after the last line.
 */
export function wrapSource(edited: MagicString, parsed: ParsedFunction, names: SyntaxNames): void {
  const parameters = syntaxParameters(names)
  if (parsed.root.form === 'expression') {
    // What follows the expression is at most a semicolon.
    const { end } = parsed.root.node
    if (end < parsed.text.length) edited.remove(end, parsed.text.length)
    edited.prepend(`(${parameters})=>{"use strict";return(`).append('\n)}')
    return
  }
  const { value } = names
  const imports: string[] = []
  for (const node of parsed.root.node.body) {
    if (node.type === 'ImportDeclaration') imports.push(takeImport(edited, parsed.text, node))
    if (node.type === 'ExportDefaultDeclaration') keepDefault(edited, node, value)
    if (node.type === 'ExportNamedDeclaration') dropExport(edited, node)
  }
  const isAsync = imports.length === 0 ? '' : 'async '
  edited.prepend(`${isAsync}(${parameters})=>{"use strict";${imports.join('')}let ${value};`)
  edited.append(`\n;return ${value}}`)
}

/**
 * In mode `on` an import is a dynamic one that the head of the module waits for. What it names is
 * read once: a binding that its module changes later stays as it was.
 */
function takeImport(edited: MagicString, text: string, node: ImportDeclaration): string {
  const { specifiers, source, attributes, start, end } = node
  const lines = text.slice(start, end).replace(/[^\n\r\u2028\u2029]/g, '')
  edited.overwrite(start, end, `;${lines}`)
  const last = attributes.at(-1)
  const options = last ? `,{with:{${text.slice(attributes[0]?.start, last.end)}}}` : ''
  const module = `await import(${source.raw}${options})`
  const all = specifiers.find(({ type }) => type === 'ImportNamespaceSpecifier')
  const named = specifiers.filter((specifier) => specifier !== all).map(bindingOf)
  if (all === undefined)
    return specifiers.length === 0 ? `${module};` : `const {${named.join(',')}}=${module};`
  const name = all.local.name
  return `const ${name}=${module},{${named.join(',')}}=${name};`
}

function bindingOf(specifier: ImportDeclaration['specifiers'][number]): string {
  const { local } = specifier
  if (specifier.type !== 'ImportSpecifier') return `default:${local.name}`
  const { imported } = specifier
  return `${imported.type === 'Identifier' ? imported.name : String(imported.raw)}:${local.name}`
}

/** A named declaration stays one, so that it is hoisted as in a module. */
function keepDefault(edited: MagicString, node: ExportDefaultDeclaration, value: string): void {
  const { declaration } = node
  const isNamed =
    (declaration.type === 'FunctionDeclaration' || declaration.type === 'ClassDeclaration') &&
    declaration.id
  if (isNamed) {
    edited.overwrite(node.start, declaration.start, '')
    edited.appendLeft(node.end, `;${value}=${declaration.id?.name};`)
    return
  }
  edited.overwrite(node.start, declaration.start, `${value}=`)
  edited.appendLeft(node.end, ';')
}

/** Nothing reads other exports: the declaration is kept, a list of names is left out. */
function dropExport(edited: MagicString, node: ExportNamedDeclaration): void {
  edited.remove(node.start, node.declaration ? node.declaration.start : node.end)
}
