import type { AnyNode, Literal } from 'acorn'
import { bindsName } from './bound-names.ts'
import type { ParsedFunction } from './parse-function.ts'
import { walkNodes } from './walk-nodes.ts'

/** What a source asks for of other modules. */
export interface ModuleRequests {
  /** By declarations and by `require('name')`, in the order of the source. */
  readonly named: readonly ModuleRequest[]
  /** Whether `require` is named at all. */
  readonly usesRequire: boolean
  /** Whether `require` can be asked for any name: `require(x)`, `const r = require`. */
  readonly requiresAny: boolean
}

/** A module that is named. */
export interface ModuleRequest {
  readonly name: string
  /** Offset of the name in the source. */
  readonly at: number
  /**
   * Whether it cannot go well where there is no such module. A `require` in a function may never be
   * called, and the author of one in a `try` has thought of that.
   */
  readonly isBound: boolean
}

/** Looks for `import`, `export … from` and `require`. */
export function requestsOf(parsed: ParsedFunction): ModuleRequests {
  return MENTIONS.test(parsed.text) ? requestsIn(parsed.root.node) : NO_REQUESTS
}

/** Most functions say nothing of the kind: their trees need not be walked. */
const MENTIONS = /\b(?:import|export|require)\b/

const NO_REQUESTS: ModuleRequests = { named: [], usesRequire: false, requiresAny: false }

function requestsIn(root: AnyNode): ModuleRequests {
  const found: { name: string; at: number; isCall: boolean }[] = []
  const plain = new Set<AnyNode>()
  const maybe: AnyNode[] = []
  let usesRequire = false
  let requiresAny = false
  walkNodes(root, (node) => {
    if (node.type === 'TryStatement' && node.handler) maybe.push(node.block)
    if (FUNCTIONS.has(node.type)) maybe.push(node)
    for (const harmless of harmlessNames(node)) plain.add(harmless)
    const name = nameAskedFor(node)
    if (name !== undefined) {
      const isCall = node.type === 'CallExpression'
      found.push({ name: String(name.value), at: name.start, isCall })
    }
    if (node.type !== 'Identifier' || node.name !== 'require') return
    usesRequire = true
    requiresAny ||= !plain.has(node)
  })
  // A bundle has a `require` of its own, for names of its own.
  const hasOwn = usesRequire && bindsName(root, 'require')
  const named = found.map(({ name, at, isCall }) => {
    const mayFail = hasOwn || maybe.some(({ start, end }) => start <= at && at < end)
    return { name, at, isBound: !isCall || !mayFail }
  })
  return { named, usesRequire, requiresAny }
}

const FUNCTIONS: ReadonlySet<string> = new Set([
  'FunctionDeclaration',
  'FunctionExpression',
  'ArrowFunctionExpression',
])

/** The literal that names a module, where a node has one. */
function nameAskedFor(node: AnyNode): Literal | undefined {
  switch (node.type) {
    case 'ImportDeclaration':
    case 'ExportAllDeclaration':
      return node.source
    case 'ExportNamedDeclaration':
      return node.source ?? undefined
    case 'CallExpression':
      return isNamed(node.callee, 'require') ? literalIn(node.arguments) : undefined
    default:
      return undefined
  }
}

function isNamed(node: AnyNode, name: string): boolean {
  return node.type === 'Identifier' && node.name === name
}

function literalIn(args: readonly AnyNode[]): Literal | undefined {
  const [first] = args
  return first?.type === 'Literal' && typeof first.value === 'string' ? first : undefined
}

/** Names in a node by which `require` is not handed on: `require('a')`, `typeof require`, `a.require`. */
function harmlessNames(node: AnyNode): readonly AnyNode[] {
  switch (node.type) {
    case 'CallExpression':
      return nameAskedFor(node) === undefined ? [] : [node.callee]
    case 'UnaryExpression':
      return node.operator === 'typeof' ? [node.argument] : []
    case 'MemberExpression':
      return node.computed || isNamed(node.object, 'globalThis') ? [] : [node.property]
    case 'Property':
      return node.computed || node.shorthand ? [] : [node.key]
    case 'MethodDefinition':
    case 'PropertyDefinition':
      return node.computed ? [] : [node.key]
    default:
      return []
  }
}
