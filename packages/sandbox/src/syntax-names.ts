import type { AnyNode } from 'acorn'
import { walkNodes } from './walk-nodes.ts'

/** What the compiled code calls the parts of the meter, in the order in which it is given them. */
const WANTED = {
  charge: '$charge',
  grown: '$grown',
  each: '$each',
  keys: '$keys',
  length: '$length',
  key: '$key',
  eachKey: '$eachKey',
  keysKey: '$keysKey',
  /** A variable of ours: what a module exports as default. */
  value: '$value',
  /** How it gets other modules, and what it is told of them. */
  link: '$link',
  values: '$values',
  namespace: '$namespace',
  /** How a module tells what it exports. */
  exports: '$exports',
} as const

export type SyntaxNames = Readonly<Record<keyof typeof WANTED, string>>

/** Names that the source does not use, so that it can neither hide nor change ours. */
export function syntaxNames(root: AnyNode): SyntaxNames {
  const used = new Set<string>()
  walkNodes(root, (node) => {
    if (node.type === 'Identifier') used.add(node.name)
  })
  const names = Object.entries(WANTED).map(([part, wanted]) => [part, unused(wanted, used)])
  return Object.fromEntries(names) as SyntaxNames
}

function unused(wanted: string, used: ReadonlySet<string>): string {
  let name = wanted
  for (let i = 0; used.has(name); i++) name = `${wanted}${i}`
  return name
}

/** The parameters of the compiled code. */
export function syntaxParameters(names: SyntaxNames): string {
  const { charge, grown, each, keys, length, key, eachKey, keysKey } = names
  return [charge, grown, each, keys, length, key, eachKey, keysKey].join(',')
}
