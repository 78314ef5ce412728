import type { Literal } from 'acorn'
import type MagicString from 'magic-string'
import { exportsOf, type ModuleExport } from './module-exports.ts'
import type { ParsedModule } from './parse-module.ts'
import { type SyntaxNames, syntaxParameters } from './syntax-names.ts'
import { quoted, takeImports } from './take-imports.ts'
import { takeExports } from './wrap-source.ts'

/** The modules that a module imports, as the one that wraps it asks for them. */
export interface ModuleLinks {
  /** The number of the module that a literal names. */
  indexOf(source: Literal): number
  /** What a module exports that is no CommonJS. */
  namesOf(index: number): Iterable<string>
}

/**
 * Turns a module into one expression. ESM: a function of the meter, of what gets other modules, of
 * what is told the exports, and of `require`. CommonJS: a function of the meter that answers Node's
 * wrapper.
 *
 * All of it is added to the first and after the last line.
 */
export function wrapModule(
  edited: MagicString,
  parsed: ParsedModule,
  { names, links }: { readonly names: SyntaxNames; readonly links: ModuleLinks },
): void {
  const parameters = syntaxParameters(names)
  // What it declares stands in a block of its own, and so may be called `module` or `require`.
  if (parsed.isCommonJs) {
    const wrapper = 'function(exports,require,module){"use strict";{'
    edited.prepend(`(${parameters})=>${wrapper}`).append('\n}}')
    return
  }
  const { node } = parsed.root
  const exported = exportsOf(node)
  const { indexOf } = links
  const { text } = parsed
  takeExports({ edited, text, value: names.value }, node)
  const head = takeImports({ edited, text, names, indexOf }, node)
  const entries = exportEntries(exported, names, links)
  const declared = `let ${names.value};${head.variables}${names.exports}([${entries.join(',')}]);`
  edited.prepend(
    `(${parameters},${names.link},${names.exports},require)=>{"use strict";{${declared}${head.links}`,
  )
  edited.append('\n}}')
}

/** Each name with a function that reads it, in the order of the names, as in a namespace of ESM. */
function exportEntries(
  exported: readonly ModuleExport[],
  names: SyntaxNames,
  links: ModuleLinks,
): string[] {
  const readers = new Map<string, string>()
  const whole = (source: Literal): string => `${names.link}(${links.indexOf(source)})`
  for (const one of exported) {
    if (one.kind === 'own') readers.set(one.name, one.local ?? names.value)
    if (one.kind !== 'from') continue
    const { name, imported, source } = one
    readers.set(
      name,
      imported === undefined ? whole(source) : `${whole(source)}[${quoted(imported)}]`,
    )
  }
  for (const one of exported) {
    if (one.kind !== 'all') continue
    for (const name of links.namesOf(links.indexOf(one.source))) {
      if (name === 'default' || readers.has(name)) continue
      readers.set(name, `${whole(one.source)}[${quoted(name)}]`)
    }
  }
  return [...readers]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, reader]) => `[${quoted(name)},()=>${reader}]`)
}
