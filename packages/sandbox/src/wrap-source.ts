import type { ExportDefaultDeclaration, ExportNamedDeclaration } from 'acorn'
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
  for (const node of parsed.root.node.body) {
    if (node.type === 'ExportDefaultDeclaration') keepDefault(edited, node, value)
    if (node.type === 'ExportNamedDeclaration') dropExport(edited, node)
  }
  edited.prepend(`(${parameters})=>{"use strict";let ${value};`).append(`\n;return ${value}}`)
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
