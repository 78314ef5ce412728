import { CallWriter } from './call-writer.ts'
import { stringLiteral } from './javascript-text.ts'
import type { BinaryExpression, Expression, UnaryExpression } from './syntax-tree.ts'

/** The helper for operands that are not numbers, and the operator for those that are. */
const ARITHMETIC: Readonly<Record<string, readonly [helper: string, inline: string]>> = {
  '+': ['add', '+'],
  '-': ['sub', '-'],
  '*': ['mul', '*'],
  '/': ['div', '/'],
  '%': ['mod', ''],
  '^': ['pow', ''],
}

/** Helper, operator, and whether the operands change places. */
const COMPARISON: Readonly<
  Record<string, readonly [helper: string, inline: string, swap: boolean]>
> = {
  '<': ['lt', '<', false],
  '<=': ['le', '<=', false],
  '>': ['lt', '<', true],
  '>=': ['le', '<=', true],
}

/** Strings longer than this are compared by the helper, which charges for the comparison. */
const LONG_LITERAL = 64

/** Operators: numbers inline, everything else by the runtime's helpers. */
export abstract class OperatorWriter extends CallWriter {
  binary(expression: BinaryExpression): string {
    const { operator, left, right } = expression
    if (operator === 'and' || operator === 'or') return this.#choice(expression)
    if (operator === '==') return this.#equality(expression)
    if (operator === '~=') return `!${this.#equality(expression)}`
    return this.withTemps(() => {
      const { setup, a, b } = this.#operands(left, right)
      return `(${setup}${this.apply(expression, a, b)})`
    })
  }

  /** The operator on operands that are already there and may be read twice. */
  apply(expression: BinaryExpression, a: string, b: string): string {
    const { operator, left, right } = expression
    const site = this.site(expression.line)
    const tests = this.#numberTests(left, a, right, b)
    const comparison = COMPARISON[operator]
    if (comparison !== undefined) {
      const [helper, inline, swap] = comparison
      const [x, y] = swap ? [b, a] : [a, b]
      return guarded(tests, `${x}${inline}${y}`, `${helper}(${x},${y},${site})`)
    }
    const names = this.#names(left, right)
    if (operator === '..') return `cat(${a},${b},${site}${names})`
    const [helper, inline] = ARITHMETIC[operator] as readonly [string, string]
    const slow = `${helper}(${a},${b},${site}${names})`
    if (inline === '' && operator === '^') return slow
    return guarded(tests, inline === '' ? `rem(${a},${b})` : `${a}${inline}${b}`, slow)
  }

  #numberTests(left: Expression, a: string, right: Expression, b: string): string {
    const tests: string[] = []
    if (!this.isNumber(left)) tests.push(`typeof ${a}==="number"`)
    if (!this.isNumber(right) && a !== b) tests.push(`typeof ${b}==="number"`)
    return tests.join('&&')
  }

  #operands(left: Expression, right: Expression): { setup: string; a: string; b: string } {
    const isLeftStable = this.isStable(left)
    const a = isLeftStable ? this.value(left) : this.temp()
    const isRightStable = this.isStable(right)
    const b = isRightStable ? this.value(right) : this.temp()
    const setup =
      (isLeftStable ? '' : `${a}=${this.value(left)},`) +
      (isRightStable ? '' : `${b}=${this.value(right)},`)
    return { setup, a, b }
  }

  #names(left: Expression, right: Expression): string {
    const a = this.nameOf(left)
    const b = this.nameOf(right)
    if (a === undefined && b === undefined) return ''
    return `,${stringLiteral(a ?? '')},${stringLiteral(b ?? '')}`
  }

  #equality({ left, right, line }: BinaryExpression): string {
    if (isPlain(left) || isPlain(right)) return `(${this.value(left)}===${this.value(right)})`
    return `eq(${this.value(left)},${this.value(right)},${this.site(line)})`
  }

  #choice({ operator, left, right }: BinaryExpression): string {
    return this.withTemps(() => {
      const held = this.temp()
      const isFalse = `(${held}=${this.value(left)})===void 0||${held}===false`
      const other = this.value(right)
      return operator === 'and' ? `(${isFalse}?${held}:${other})` : `(${isFalse}?${other}:${held})`
    })
  }

  unary({ operator, operand, line }: UnaryExpression): string {
    if (operator === 'not') return `!${this.condition(operand)}`
    return this.withTemps(() => {
      const isStable = this.isStable(operand)
      const value = isStable ? this.value(operand) : this.temp()
      const setup = isStable ? '' : `${value}=${this.value(operand)},`
      const name = this.nameOf(operand)
      const quoted = name === undefined ? '' : `,${stringLiteral(name)}`
      const helper = `(${value},${this.site(line)}${quoted})`
      if (operator === '#') return `(${setup}len${helper})`
      return `(${setup}typeof ${value}==="number"?-${value}:neg${helper})`
    })
  }

  /** Whether a value counts as true, as a JavaScript boolean. */
  condition(expression: Expression): string {
    switch (expression.kind) {
      case 'true':
      case 'number':
      case 'string':
        return 'true'
      case 'nil':
      case 'false':
        return 'false'
      case 'paren':
        return this.condition(expression.inner)
      case 'unary':
        if (expression.operator === 'not') return this.value(expression)
        break
      case 'binary':
        if (isComparison(expression.operator)) return this.value(expression)
        break
      default:
        break
    }
    return this.#truth(expression)
  }

  #truth(expression: Expression): string {
    return this.withTemps(() => {
      const code = this.value(expression)
      if (this.isStable(expression)) return `(${code}!==void 0&&${code}!==false)`
      const held = this.temp()
      return `((${held}=${code})!==void 0&&${held}!==false)`
    })
  }
}

function guarded(tests: string, fast: string, slow: string): string {
  return tests === '' ? `(${fast})` : `(${tests}?${fast}:${slow})`
}

function isComparison(operator: string): boolean {
  return operator === '==' || operator === '~=' || COMPARISON[operator] !== undefined
}

/** Constants that no metamethod and no long comparison can be about. */
function isPlain(expression: Expression): boolean {
  switch (expression.kind) {
    case 'nil':
    case 'true':
    case 'false':
    case 'number':
      return true
    case 'string':
      return expression.value.length <= LONG_LITERAL
    default:
      return false
  }
}
