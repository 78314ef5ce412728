import type { AnyNode } from 'acorn'

/**
 * Calls `visit` for each node of a syntax tree, in the order of the source.
 *
 * Keeps its own stack: a long chain of `a + a + a` is a deep tree, and the depth of a stranger's
 * source must not become the depth of our call stack.
 */
export function walkNodes(root: AnyNode, visit: (node: AnyNode) => void): void {
  const waiting: AnyNode[] = [root]
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    visit(node)
    const children = childrenOf(node)
    for (let i = children.length - 1; i >= 0; i--) waiting.push(children[i] as AnyNode)
  }
}

function childrenOf(node: AnyNode): AnyNode[] {
  return Object.values(node)
    .flatMap((value: unknown) => value)
    .filter(isNode)
    .sort((a, b) => a.start - b.start)
}

function isNode(value: unknown): value is AnyNode {
  if (typeof value !== 'object' || value === null) return false
  return 'type' in value && typeof value.type === 'string' && 'start' in value
}
