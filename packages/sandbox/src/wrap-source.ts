import type { ExportDefaultDeclaration, ImportDeclaration, Literal, Program } from 'acorn'
import type MagicString from 'magic-string'
import { defaultName, exportsOf } from './module-exports.ts'
import type { ParsedFunction } from './parse-function.ts'
import { type SyntaxNames, syntaxParameters } from './syntax-names.ts'
import { blankStatement, takeImports } from './take-imports.ts'

/** How a source is wrapped. */
export interface WrapOptions {
  readonly names: SyntaxNames
  /** In mode `sandbox`: the number of the module that a literal names. */
  readonly indexOf: ((source: Literal) => number) | undefined
}

/**
 * Turns either form of a source into one expression: a function of the meter, and of what gets
 * modules, that answers the user's function. All of it is added to the first and after the last
 * line.
 */
export function wrapSource(
  edited: MagicString,
  { root, text }: ParsedFunction,
  { names, indexOf }: WrapOptions,
): void {
  const { value, link } = names
  const parameters = `${syntaxParameters(names)},${link}`
  if (root.form === 'expression') {
    // What follows the expression is at most a semicolon.
    const { end } = root.node
    if (end < text.length) edited.remove(end, text.length)
    edited.prepend(`(${parameters})=>{"use strict";return(`).append('\n)}')
    return
  }
  takeExports({ edited, text, value }, root.node)
  if (indexOf === undefined) {
    const imports = takeNodeImports(edited, text, root.node)
    const isAsync = imports === '' ? '' : 'async '
    edited.prepend(`${isAsync}(${parameters})=>{"use strict";${imports}let ${value};`)
  } else {
    const { variables, links } = takeImports({ edited, text, names, indexOf }, root.node)
    edited.prepend(`(${parameters})=>{"use strict";${variables}${links}let ${value};`)
  }
  edited.append(`\n;return ${defaultVariable(root.node) ?? value}}`)
}

/** The variable that is exported as default, where it has a name: `export { a as default }`. */
function defaultVariable(node: Program): string | undefined {
  const own = exportsOf(node).find((one) => one.kind === 'own' && one.name === 'default')
  return own?.kind === 'own' ? own.local : undefined
}

interface ExportPlace {
  readonly edited: MagicString
  readonly text: string
  /** The variable for what is exported as default. */
  readonly value: string
}

/** Leaves the declarations that are exported, and takes lists of names out. */
export function takeExports({ edited, text, value }: ExportPlace, { body }: Program): void {
  for (const node of body) {
    if (node.type === 'ExportDefaultDeclaration') keepDefault(edited, node, value)
    if (node.type !== 'ExportNamedDeclaration' || node.source) continue
    if (node.declaration) edited.remove(node.start, node.declaration.start)
    else blankStatement(edited, text, node)
  }
}

function takeNodeImports(edited: MagicString, text: string, { body }: Program): string {
  const imports = body.filter((node) => node.type === 'ImportDeclaration')
  return imports.map((node) => takeImport(edited, text, node)).join('')
}

/**
 * In mode `on` an import is a dynamic one that the head of the module waits for. What it names is
 * read once: a binding that its module changes later stays as it was.
 */
function takeImport(edited: MagicString, text: string, node: ImportDeclaration): string {
  const { specifiers, source, attributes } = node
  blankStatement(edited, text, node)
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
  const name = defaultName(node)
  if (name !== undefined) {
    edited.overwrite(node.start, declaration.start, '')
    edited.appendLeft(node.end, `;${value}=${name};`)
    return
  }
  edited.overwrite(node.start, declaration.start, `${value}=`)
  edited.appendLeft(node.end, ';')
}
