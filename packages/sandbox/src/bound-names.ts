import type { AnyNode } from 'acorn'
import { walkNodes } from './walk-nodes.ts'

/** Whether a source has a variable, parameter, function, class or import of that name anywhere. */
export function bindsName(root: AnyNode, name: string): boolean {
  let found = false
  walkNodes(root, (node) => {
    found ||= patternsOf(node).some((pattern) => namesInPattern(pattern).includes(name))
  })
  return found
}

/** The names that a pattern binds: `a`, and `[a, ...b]`, and `{ a: { b = 1 } }`. */
export function namesInPattern(pattern: AnyNode | null | undefined): readonly string[] {
  switch (pattern?.type) {
    case 'Identifier':
      return [pattern.name]
    case 'ObjectPattern':
      return pattern.properties.flatMap((item) =>
        namesInPattern(item.type === 'Property' ? item.value : item),
      )
    case 'ArrayPattern':
      return pattern.elements.flatMap(namesInPattern)
    case 'AssignmentPattern':
      return namesInPattern(pattern.left)
    case 'RestElement':
      return namesInPattern(pattern.argument)
    default:
      return []
  }
}

/** What a node itself binds. */
function patternsOf(node: AnyNode): readonly (AnyNode | null | undefined)[] {
  switch (node.type) {
    case 'FunctionDeclaration':
    case 'FunctionExpression':
      return [node.id, ...node.params]
    case 'ArrowFunctionExpression':
      return node.params
    case 'ClassDeclaration':
    case 'ClassExpression':
    case 'VariableDeclarator':
      return [node.id]
    case 'CatchClause':
      return [node.param]
    case 'ImportSpecifier':
    case 'ImportDefaultSpecifier':
    case 'ImportNamespaceSpecifier':
      return [node.local]
    default:
      return []
  }
}
