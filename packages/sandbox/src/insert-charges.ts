import type {
  AnyNode,
  ArrayPattern,
  AssignmentExpression,
  BlockStatement,
  Expression,
  MemberExpression,
  ObjectPattern,
  PropertyDefinition,
  Statement,
} from 'acorn'
import type MagicString from 'magic-string'
import type { ParsedFunction } from './parse-function.ts'
import { type SyntaxNames } from './syntax-names.ts'
import { walkNodes } from './walk-nodes.ts'

/**
 * Makes each turn of a loop and each entry of a function call the meter, which throws when the
 * budget of the call is used up, and charges what the syntax makes V8 scan or grow: `+`,
 * templates, `...`, `for (… in …)`, patterns with a rest, assignments to `length`.
 *
 * The call of a loop stands at the head of its body, outside any `try` of that body, so that no
 * handler can keep a loop going: `for (;;) { charge(); try { … } finally { continue } }`.
 */
export function insertCharges(
  edited: MagicString,
  { root, text }: ParsedFunction,
  names: SyntaxNames,
): void {
  const place: Place = { edited, text, names, covered: new Set() }
  walkNodes(root.node, (node) => {
    const body = bodyOf(node)
    if (body !== undefined) chargeBody(place, node, body)
    chargeSyntax(place, node)
  })
}

interface Place {
  readonly edited: MagicString
  readonly text: string
  readonly names: SyntaxNames
  /** Texts that are part of a longer one which is charged already. */
  readonly covered: Set<AnyNode>
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

function chargeBody({ edited, names: { charge } }: Place, node: AnyNode, body: AnyNode): void {
  if (body.type === 'BlockStatement') edited.appendRight(body.start + 1, `${charge}();`)
  else if (node.type === 'ArrowFunctionExpression') wrap(edited, body, `(${charge}(),`, ')')
  else wrap(edited, body, `{${charge}();`, '}')
}

/** What is put in later stands inside of what was put there earlier: parents come first. */
function wrap(edited: MagicString, { start, end }: AnyNode, before: string, after: string): void {
  edited.appendRight(start, before)
  edited.prependLeft(end, after)
}

function chargeSyntax(place: Place, node: AnyNode): void {
  const { edited, names, covered } = place
  switch (node.type) {
    case 'BinaryExpression':
      if (node.operator === '+') chargeText(place, node, [node.left, node.right])
      return
    case 'TaggedTemplateExpression':
      covered.add(node.quasi)
      return
    case 'TemplateLiteral':
      if (node.expressions.length > 0) chargeText(place, node, node.expressions)
      return
    case 'AssignmentExpression':
      return chargeAssignment(place, node)
    case 'ArrayExpression':
      return chargeSpreads(place, node.elements, names.each)
    case 'CallExpression':
    case 'NewExpression':
      return chargeSpreads(place, node.arguments, names.each)
    case 'ObjectExpression':
      return chargeSpreads(place, node.properties, names.keys)
    case 'ForInStatement':
      chargeTarget(place, node.left)
      return wrap(edited, node.right, `${names.keys}(`, ')')
    case 'ForOfStatement':
      return chargeTarget(place, node.left)
    case 'ArrayPattern':
    case 'ObjectPattern':
      return chargePattern(place, node)
    case 'PropertyDefinition':
      return chargeField(place, node)
    default:
      return
  }
}

/**
 * The value of a field is made for each instance, and by no function whose entry is charged: that of
 * `class A { a = new A(); b = new A() }` makes two more each time. Not where it would take a
 * function its name, which is the field's.
 */
function chargeField({ edited, names }: Place, { value }: PropertyDefinition): void {
  if (value === null || value === undefined || isNamedByField(withoutParentheses(value))) return
  wrap(edited, value, `(${names.charge}(),`, ')')
}

function isNamedByField(value: AnyNode): boolean {
  if (value.type !== 'ClassExpression') return /^(?:Arrow)?FunctionExpression$/.test(value.type)
  const { superClass, body } = value
  const runsNothing = body.body.every(
    (item) => item.type !== 'StaticBlock' && !item.static && !item.computed,
  )
  return runsNothing && (superClass === null || superClass === undefined)
}

/** The text is at least as long as each text in it. */
function chargeText(
  { edited, names, covered }: Place,
  node: AnyNode,
  parts: readonly AnyNode[],
): void {
  for (const part of parts) covered.add(withoutParentheses(part))
  if (!covered.has(node)) wrap(edited, node, `${names.grown}(`, ')')
}

function withoutParentheses(node: AnyNode): AnyNode {
  return node.type === 'ParenthesizedExpression' ? withoutParentheses(node.expression) : node
}

function chargeSpreads({ edited }: Place, items: readonly (AnyNode | null)[], name: string): void {
  for (const item of items) {
    if (item?.type === 'SpreadElement') wrap(edited, item.argument, `${name}(`, ')')
  }
}

function chargeAssignment(place: Place, node: AssignmentExpression): void {
  const { edited, names, covered } = place
  const { left, right, operator } = node
  // A statement that begins with a brace would be a block.
  if (left.type === 'ArrayPattern' && hasRest(left)) wrap(edited, node, '(', ')')
  if (operator === '+=') {
    covered.add(withoutParentheses(right))
    wrap(edited, node, `${names.grown}(`, ')')
  }
  const target = withoutParentheses(left)
  if (target.type !== 'MemberExpression') return
  if (target.computed) return chargeKey(place, target)
  if (!isLength(target)) return
  if (operator === '=') wrap(edited, right, `${names.length}(`, ')')
  else wrap(edited, node, `${names.length}(`, ')')
}

function isLength({ property }: MemberExpression): boolean {
  return property.type === 'Identifier' && property.name === 'length'
}

function chargeKey({ edited, names }: Place, { property }: MemberExpression): void {
  if (!isNumeric(property)) wrap(edited, property, `${names.key}(`, ')')
}

/** Most lists are filled with these, which can be no name. */
function isNumeric(key: AnyNode): boolean {
  if (key.type === 'Literal') return key.value !== 'length'
  if (key.type === 'UpdateExpression') return true
  return key.type === 'BinaryExpression' && key.operator !== '+'
}

/** Patterns take apart what no expression of ours sees: see `definePatternKeys`. */
function chargePattern(place: Place, pattern: ArrayPattern | ObjectPattern): void {
  const { edited, names } = place
  for (const target of targetsOf(pattern)) chargeTarget(place, target)
  if (!hasRest(pattern)) return
  if (pattern.type === 'ArrayPattern') wrap(edited, pattern, `{[${names.eachKey}]:`, '}')
  else edited.appendRight(pattern.start + 1, `[${names.keysKey}]:{}=0,`)
}

function hasRest(pattern: ArrayPattern | ObjectPattern): boolean {
  const items = pattern.type === 'ArrayPattern' ? pattern.elements : pattern.properties
  return items.some((item) => item?.type === 'RestElement')
}

function targetsOf(pattern: ArrayPattern | ObjectPattern): (AnyNode | null)[] {
  if (pattern.type === 'ArrayPattern') return pattern.elements
  return pattern.properties.map((item) => (item.type === 'Property' ? item.value : item))
}

/** Any value may come to stand there. */
function chargeTarget(place: Place, target: AnyNode | null): void {
  if (target?.type === 'RestElement') return chargeTarget(place, target.argument)
  if (target?.type === 'AssignmentPattern') return chargeTarget(place, target.left)
  const member = target && withoutParentheses(target)
  if (member?.type !== 'MemberExpression') return
  if (member.computed) return chargeKey(place, member)
  if (!isLength(member)) return
  const { edited, text, names } = place
  // `a.length` is written `a[key("length")]`, in as many lines.
  const { object, property } = member
  const lines = text.slice(object.end, property.end).replace(/[^\n\r\u2028\u2029]/g, '')
  edited.overwrite(object.end, property.end, `${lines}[${names.key}("length")]`)
}
