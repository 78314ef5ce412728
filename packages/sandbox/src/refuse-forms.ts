import type { AnyNode, Expression } from 'acorn'
import { exportName } from './module-exports.ts'
import type { ParsedFunction } from './parse-function.ts'
import { refuseAt } from './source-problem.ts'
import { walkNodes } from './walk-nodes.ts'

/** `sandbox` confines functions; `on` gives them what Node has, still in a process of their own. */
export type Mode = 'sandbox' | 'on'

/**
 * Refuses what no function may contain, and in a sandbox also what would reach out of it or cannot
 * be charged. Which modules may be imported there, `refuseUnlisted` tells.
 *
 * @throws SourceRefused at the first such place
 */
export function refuseForms(parsed: ParsedFunction, mode: Mode): void {
  refuseOtherValues(parsed)
  refuseExportsFrom(parsed)
  refuseInModules(parsed, mode)
}

/**
 * Refuses what neither functions nor the modules that they import may contain.
 *
 * @throws SourceRefused at the first such place
 */
export function refuseInModules(parsed: ParsedFunction, mode: Mode): void {
  refuseTopLevelAwait(parsed)
  walkNodes(parsed.root.node, (node) => {
    const message = reasonAgainst(node, mode)
    if (message !== undefined) refuseAt(parsed.text, node.start, message)
  })
}

/** A function is read by nobody else: what it exports besides is of no use. */
function refuseExportsFrom({ root, text }: ParsedFunction): void {
  for (const node of root.form === 'module' ? root.node.body : []) {
    const isNamed = node.type === 'ExportNamedDeclaration' && Boolean(node.source)
    if (!isNamed && node.type !== 'ExportAllDeclaration') continue
    refuseAt(text, node.start, 'exports from another module are refused')
  }
}

/** The parser allows it in all modules; the function is made by one that cannot wait. */
function refuseTopLevelAwait({ text, root }: ParsedFunction): void {
  const waiting: AnyNode[] = []
  const functions: AnyNode[] = []
  walkNodes(root.node, (node) => {
    if ('async' in node && node.async) functions.push(node)
    if (node.type === 'AwaitExpression' || ('await' in node && node.await)) waiting.push(node)
  })
  for (const { start } of waiting) {
    if (functions.some((fn) => fn.start <= start && start < fn.end)) continue
    refuseAt(text, start, 'await is refused outside functions')
  }
}

/** The reason why a node is refused, or undefined when it is fine. */
function reasonAgainst(node: AnyNode, mode: Mode): string | undefined {
  switch (node.type) {
    case 'MetaProperty':
      return node.meta.name === 'import' ? 'import.meta is refused' : undefined
    default:
      return mode === 'sandbox' ? reasonInSandbox(node) : undefined
  }
}

function reasonInSandbox(node: AnyNode): string | undefined {
  switch (node.type) {
    case 'ImportExpression':
      return 'dynamic import is refused'
    case 'CallExpression':
      return isNamed(node.callee, 'eval') ? 'direct eval is refused' : undefined
    case 'Literal':
      // One BigInt power keeps a processor busy for longer than any deadline, uncharged.
      return typeof node.bigint === 'string' ? 'BigInt literals are refused' : undefined
    default:
      return undefined
  }
}

function isNamed(node: AnyNode, name: string): boolean {
  if (node.type === 'ParenthesizedExpression') return isNamed(node.expression, name)
  return node.type === 'Identifier' && node.name === name
}

/** A source whose value can be seen to be no function is a mistake that is told when it is saved. */
function refuseOtherValues({ text, root }: ParsedFunction): void {
  const value = root.form === 'expression' ? root.node : defaultExport(root.node.body)
  if (value === undefined) return
  const problem = problemOfValue(value)
  if (problem !== undefined) refuseAt(text, value.start, problem)
}

/** What is exported as default, where that can be seen. */
function defaultExport(body: readonly AnyNode[]): AnyNode | undefined {
  for (const node of body) {
    if (node.type === 'ExportDefaultDeclaration') return node.declaration
    if (node.type !== 'ExportNamedDeclaration') continue
    const one = node.specifiers.find(({ exported }) => exportName(exported) === 'default')
    if (one !== undefined) return constantOf(body, exportName(one.local))
  }
  return undefined
}

/** What a name always stands for. */
function constantOf(body: readonly AnyNode[], name: string): AnyNode | undefined {
  for (const statement of body) {
    const node = statement.type === 'ExportNamedDeclaration' ? statement.declaration : statement
    if (node?.type === 'VariableDeclaration' && node.kind === 'const') {
      const found = node.declarations.find(({ id }) => id.type === 'Identifier' && id.name === name)
      if (found) return found.init ?? undefined
    }
  }
  return undefined
}

function problemOfValue(node: AnyNode): string | undefined {
  if (node.type === 'ParenthesizedExpression') return problemOfValue(node.expression)
  if (node.type === 'SequenceExpression')
    return problemOfValue(node.expressions.at(-1) as Expression)
  if (NEVER_A_FUNCTION.has(node.type)) return 'the value of the source is not a function'
  if (!('generator' in node) || !node.generator) return undefined
  return 'a generator function answers no value'
}

const NEVER_A_FUNCTION = new Set<AnyNode['type']>([
  'Literal',
  'TemplateLiteral',
  'ObjectExpression',
  'ArrayExpression',
  'ClassExpression',
  'ClassDeclaration',
  'UnaryExpression',
  'UpdateExpression',
  'BinaryExpression',
])
