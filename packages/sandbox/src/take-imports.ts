import type { AnyNode, ImportDeclaration, Literal, Program } from 'acorn'
import type MagicString from 'magic-string'
import { exportName } from './module-exports.ts'
import type { SyntaxNames } from './syntax-names.ts'

/** What stands at the head of the compiled code in the place of imports. */
export interface ImportHead {
  /** Declares what is imported. Before anything of the module can be called. */
  readonly variables: string
  /** Evaluates the modules, in the order of the source, and gives the variables their values. */
  readonly links: string
}

interface ImportPlace {
  readonly edited: MagicString
  readonly text: string
  readonly names: SyntaxNames
  /** The number of the module that a literal names. */
  readonly indexOf: (source: Literal) => number
}

/**
 * Takes the imports, and the exports from other modules, out of a source, and tells what is to
 * stand at its head instead.
 *
 * A variable gets its value when the module has been evaluated. In a circle of modules it gets what
 * there is at first, functions for instance, and the rest when the circle is closed.
 */
export function takeImports(place: ImportPlace, { body }: Program): ImportHead {
  const variables: string[] = []
  const links: string[] = []
  for (const node of body) {
    const source = 'source' in node ? node.source : undefined
    if (!source) continue
    blankStatement(place.edited, place.text, node)
    const imported = node.type === 'ImportDeclaration' ? importOf(node) : NOTHING
    variables.push(...imported.all, ...imported.some.map(([, local]) => local))
    links.push(linkTo(place.indexOf(source), imported, place.names))
  }
  return {
    variables: variables.length === 0 ? '' : `let ${variables.join(',')};`,
    links: links.join(''),
  }
}

/** Leaves its lines. A semicolon ends the statement before it, as the word `import` has done. */
export function blankStatement(edited: MagicString, text: string, { start, end }: AnyNode): void {
  edited.overwrite(start, end, `;${text.slice(start, end).replace(/[^\n\r\u2028\u2029]/g, '')}`)
}

interface Imported {
  /** Variables for the whole of it: `import * as a`. */
  readonly all: readonly string[]
  /** Its names, and the variables for them. */
  readonly some: readonly (readonly [name: string, local: string])[]
}

const NOTHING: Imported = { all: [], some: [] }

function importOf({ specifiers }: ImportDeclaration): Imported {
  const all = specifiers.filter(({ type }) => type === 'ImportNamespaceSpecifier')
  const some = specifiers.flatMap((specifier) => {
    if (specifier.type === 'ImportNamespaceSpecifier') return []
    return [[importedName(specifier), specifier.local.name] as const]
  })
  return { all: all.map(({ local }) => local.name), some }
}

/** The name in the module of what is imported. */
export function importedName(specifier: ImportDeclaration['specifiers'][number]): string {
  return specifier.type === 'ImportSpecifier' ? exportName(specifier.imported) : 'default'
}

function linkTo(index: number, { all, some }: Imported, names: SyntaxNames): string {
  const { link, values, namespace } = names
  if (all.length + some.length === 0) return `${link}(${index});`
  const wanted = some.map(([name]) => quoted(name))
  const targets = some.map(([name, local]) => `${quoted(name)}:${local}`)
  const whole = all.map((local) => `${local}=${namespace};`)
  const update = `${whole.join('')}({${targets.join(',')}}=${values});`
  return `${link}(${index},[${wanted.join(',')}],(${values},${namespace})=>{${update}});`
}

/** A literal whose text nobody takes for code, whatever the name is. */
export function quoted(name: string): string {
  const escape = (unit: string): string => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`
  return `"${name.replace(/[^A-Za-z0-9_$]/g, escape)}"`
}
