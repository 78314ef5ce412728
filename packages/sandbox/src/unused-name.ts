import type { AnyNode } from 'acorn'
import { walkNodes } from './walk-nodes.ts'

/** A name like `wanted` that the source does not use, so that it can neither hide nor change ours. */
export function unusedName(root: AnyNode, wanted: string): string {
  const used = new Set<string>()
  walkNodes(root, (node) => {
    if (node.type === 'Identifier') used.add(node.name)
  })
  let name = wanted
  for (let i = 0; used.has(name); i++) name = `${wanted}${i}`
  return name
}
