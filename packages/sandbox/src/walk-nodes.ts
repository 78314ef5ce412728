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
    const from = waiting.length
    for (const key in node) pushNodes(waiting, (node as unknown as Record<string, unknown>)[key])
    reverseFrom(waiting, from)
  }
}

function pushNodes(waiting: AnyNode[], value: unknown): void {
  if (typeof value !== 'object' || value === null) return
  if (Array.isArray(value)) for (const item of value) pushNodes(waiting, item)
  else if ('type' in value && typeof value.type === 'string') waiting.push(value as AnyNode)
}

/** What is taken from the end is to come in the order of the source. */
function reverseFrom(waiting: AnyNode[], from: number): void {
  for (let low = from, high = waiting.length - 1; low < high; low++, high--) {
    const node = waiting[low] as AnyNode
    waiting[low] = waiting[high] as AnyNode
    waiting[high] = node
  }
}
