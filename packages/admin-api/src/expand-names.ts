import { checkName } from './check-name.ts'
import { parseName, type Step } from './parse-name.ts'

/** Most arguments in a form or a query, as in Kong. */
export const MAX_ARGUMENTS = 1000

/** One argument of a form. */
export type NamedValue = readonly [name: string, value: unknown]

/**
 * Puts the values of a form where their names say: `a.b=v` into records, `tags[]=a`, `tags[1]=a` and
 * repeated names into lists, `headers[x]=a` into maps.
 *
 * @see Kong Gateway, kong/api/arguments.lua: decode
 * @throws Refusal 400 for names that cannot be
 */
export function expandNames(pairs: readonly NamedValue[]): Record<string, unknown> {
  const root = newNode()
  for (const [name, value] of pairs) {
    let node = root
    for (const step of parseName(name)) node = enter(node, step)
    node.values.push(value)
  }
  return recordOf(root)
}

/** A place in the tree. Most hold a value; a repeated name holds several. */
interface Node {
  readonly values: unknown[]
  readonly fields: Map<string, Node>
  /** Elements with a number, in any order. */
  readonly numbered: Map<number, Node>
  /** Elements with `[]`, in the order of the form. */
  readonly appended: Node[]
}

function newNode(): Node {
  return { values: [], fields: new Map(), numbered: new Map(), appended: [] }
}

function enter(node: Node, step: Step): Node {
  if (step.kind === 'append') {
    const element = newNode()
    node.appended.push(element)
    return element
  }
  if (step.kind === 'index') return findOrAdd(node.numbered, step.index)
  checkName(step.name)
  return findOrAdd(node.fields, step.name)
}

function findOrAdd<Key>(nodes: Map<Key, Node>, key: Key): Node {
  const found = nodes.get(key)
  if (found !== undefined) return found
  const added = newNode()
  nodes.set(key, added)
  return added
}

function valueOf(node: Node): unknown {
  if (node.fields.size > 0) return recordOf(node)
  const isList = node.numbered.size > 0 || node.appended.length > 0 || node.values.length > 1
  return isList ? listOf(node) : node.values[0]
}

function recordOf(node: Node): Record<string, unknown> {
  return Object.fromEntries([...node.fields].map(([name, inner]) => [name, valueOf(inner)]))
}

/** Numbers give the order and nothing else: a gap is closed, so no number makes a list long. */
function listOf(node: Node): unknown[] {
  const numbered = [...node.numbered].sort(([a], [b]) => a - b).map(([, inner]) => valueOf(inner))
  return [...numbered, ...node.values, ...node.appended.map(valueOf)]
}
