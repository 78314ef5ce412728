import type { AnyNode } from 'acorn'
import { walkNodes } from './walk-nodes.ts'

/**
 * Whether promises can come up in a function: it has async code or says `Promise`.
 *
 * Where not, the process takes the global `Promise` away and answers at once; where so, a call
 * is over only when everything it left in the microtask queue has run.
 */
export function canWait(root: AnyNode): boolean {
  let found = false
  walkNodes(root, (node) => {
    found ||= ('async' in node && node.async === true) || isPromiseName(node)
  })
  return found
}

function isPromiseName(node: AnyNode): boolean {
  return node.type === 'Identifier' && node.name === 'Promise'
}
