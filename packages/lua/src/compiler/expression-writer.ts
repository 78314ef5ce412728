import { numberLiteral, stringLiteral } from './javascript-text.ts'
import { OperatorWriter } from './operator-writer.ts'
import type { Expression, IndexExpression, Prototype, TableExpression } from './syntax-tree.ts'
import { isMulti } from './writer.ts'

/** Chains of operators, indexes and calls longer than this are written step by step. */
const MAX_CHAIN = 16

/** Every kind of expression. */
export abstract class ExpressionWriter extends OperatorWriter {
  write(expression: Expression): string {
    if (spineLength(expression) > MAX_CHAIN) return this.#chain(expression)
    switch (expression.kind) {
      case 'nil':
        return 'void 0'
      case 'true':
      case 'false':
        return expression.kind
      case 'number':
        return numberLiteral(expression.value)
      case 'string':
        return stringLiteral(expression.value)
      case 'vararg':
        return 'va[0]'
      case 'local':
        return this.read(expression.variable)
      case 'global':
        return `fld(E.t,${stringLiteral(expression.name)},${this.site(expression.line)})`
      case 'index':
        return this.#index(expression)
      case 'call':
      case 'method':
        return this.single(expression)
      case 'function':
        return this.closure(expression.prototype)
      case 'binary':
        return this.binary(expression)
      case 'unary':
        return this.unary(expression)
      case 'table':
        return this.#table(expression)
      case 'paren':
        return this.value(expression.inner)
      case 'placed':
        return expression.code
    }
  }

  #index({ object, key, line }: IndexExpression): string {
    const name = this.nameOf(object)
    const end = `${this.site(line)}${name === undefined ? '' : `,${stringLiteral(name)}`})`
    if (key.kind === 'string') {
      return `fld(${this.value(object)},${stringLiteral(key.value)},${end}`
    }
    return `idx(${this.value(object)},${this.value(key)},${end}`
  }

  /** The function that makes this closure gets what it captures: values, or the boxes of variables. */
  closure(prototype: Prototype): string {
    const captured = prototype.upvalues.map((variable) =>
      prototype.self === variable && !variable.isAssigned ? 'void 0' : this.holder(variable),
    )
    return `M${prototype.id}(${captured.join(',')})`
  }

  #table({ entries, line }: TableExpression): string {
    if (entries.length === 0) return 'rec([],void 0)'
    if (entries.every((entry) => entry.key === undefined)) {
      return `lst([${this.list(entries.map((entry) => entry.value))}])`
    }
    if (areDistinctNames(entries)) {
      const slots = entries.map(({ key, value }) => {
        return `${this.value(key as Expression)},${this.value(value)}`
      })
      const keys = entries.map(({ key }) => (key as Extract<Expression, { kind: 'string' }>).value)
      return `rec([${slots.join(',')}],${this.shapes.reference(keys)})`
    }
    return this.#mixedTable(entries, line)
  }

  #mixedTable(entries: TableExpression['entries'], line: number): string {
    const last = entries.at(-1)
    const hasTail = last?.key === undefined && isMulti(last?.value)
    const plain = hasTail ? entries.slice(0, -1) : entries
    const pairs = plain.map(({ key, value }) => {
      return `${key === undefined ? 'N' : this.value(key)},${this.value(value)}`
    })
    const tail = hasTail ? this.values(last?.value as Expression) : 'N'
    return `mix([${pairs.join(',')}],${tail},${this.site(line)})`
  }

  /** `a + b + c + …` and `a.b.c()…`, one step at a time: neither we nor V8 recurse over the length. */
  #chain(expression: Expression): string {
    const spine: Expression[] = []
    let head = expression
    for (let next = leftOf(head); next !== undefined; next = leftOf(head)) {
      spine.push(head)
      head = next
    }
    return this.withTemps(() => {
      const held = this.temp()
      const steps = this.fromTop(() => {
        let code = `${held}=${this.value(head)};`
        for (const step of spine.toReversed()) code += this.#step(step, held)
        return code
      })
      return this.outlineBody(`${steps}return ${held}`)
    })
  }

  /** One step of a chain: its left side is in `held`, and so is its result afterwards. */
  #step(expression: Expression, held: string): string {
    const place: Expression = { kind: 'placed', code: held, was: leftOf(expression) as Expression }
    switch (expression.kind) {
      case 'paren':
        return ''
      case 'binary': {
        const { operator, right } = expression
        if (operator === 'and')
          return `if(${held}!==void 0&&${held}!==false)${held}=${this.value(right)};`
        if (operator === 'or')
          return `if(${held}===void 0||${held}===false)${held}=${this.value(right)};`
        return `${held}=${this.write({ ...expression, left: place })};`
      }
      case 'index':
        return `${held}=${this.write({ ...expression, object: place })};`
      case 'call':
        return `${held}=${this.write({ ...expression, callee: place })};`
      case 'method':
        return `${held}=${this.write({ ...expression, object: place })};`
      default:
        return ''
    }
  }
}

function leftOf(expression: Expression): Expression | undefined {
  switch (expression.kind) {
    case 'binary':
      return expression.left
    case 'index':
    case 'method':
      return expression.object
    case 'call':
      return expression.callee
    case 'paren':
      return expression.inner
    default:
      return undefined
  }
}

function spineLength(expression: Expression): number {
  let length = 0
  for (let at = leftOf(expression); at !== undefined && length <= MAX_CHAIN; at = leftOf(at))
    length++
  return length
}

function areDistinctNames(entries: TableExpression['entries']): boolean {
  const seen = new Set<string>()
  for (const { key } of entries) {
    if (key?.kind !== 'string' || seen.has(key.value)) return false
    seen.add(key.value)
  }
  return true
}
