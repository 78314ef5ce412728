import type { AnyNode, BlockStatement, Expression, Statement } from 'acorn'
import type MagicString from 'magic-string'
import type { ParsedFunction } from './parse-function.ts'
import { walkNodes } from './walk-nodes.ts'

/**
 * Makes each turn of a loop and each entry of a function call the meter, which throws when the
 * budget of the call is used up.
 *
 * The call stands at the head of the body, outside any `try` of that body, so that no handler can
 * keep a loop going: `for (;;) { charge(); try { … } finally { continue } }`.
 */
export function insertCharges(edited: MagicString, { root }: ParsedFunction, meter: string): void {
  walkNodes(root.node, (node) => {
    const body = bodyOf(node)
    if (body === undefined) return
    if (body.type === 'BlockStatement') edited.appendRight(body.start + 1, `${meter}();`)
    else if (node.type === 'ArrowFunctionExpression') chargeExpression(edited, body, meter)
    else chargeStatement(edited, body, meter)
  })
}

function bodyOf(node: AnyNode): BlockStatement | Statement | Expression | undefined {
  switch (node.type) {
    case 'ForStatement':
    case 'ForInStatement':
    case 'ForOfStatement':
    case 'WhileStatement':
    case 'DoWhileStatement':
    case 'FunctionDeclaration':
    case 'FunctionExpression':
    case 'ArrowFunctionExpression':
      return node.body
    default:
      return undefined
  }
}

function chargeExpression(edited: MagicString, body: AnyNode, meter: string): void {
  edited.appendRight(body.start, `(${meter}(),`)
  edited.appendLeft(body.end, ')')
}

function chargeStatement(edited: MagicString, body: AnyNode, meter: string): void {
  edited.appendRight(body.start, `{${meter}();`)
  edited.appendLeft(body.end, '}')
}
