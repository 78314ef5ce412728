import { Lexer } from './lexer.ts'
import { FunctionScope } from './scope.ts'
import type { Block, Expression, Prototype, TableEntry, TableExpression } from './syntax-tree.ts'

/** How deep blocks, functions and expressions may stand in each other. Lua's own limit. */
const MAX_SYNTAX_LEVELS = 200

/** Largest chunk, counted in what its parts cost: V8 takes about a second for its JavaScript. */
const MAX_STEPS = 300_000

/** Values in a list of arguments, results or assignments. Lua has about as many registers. */
export const MAX_LIST = 250

/** [left, right]: a right priority below the left one makes an operator group to the right. */
const PRIORITY: Readonly<Record<string, readonly [number, number]>> = {
  or: [1, 1],
  and: [2, 2],
  '<': [3, 3],
  '>': [3, 3],
  '<=': [3, 3],
  '>=': [3, 3],
  '~=': [3, 3],
  '==': [3, 3],
  '..': [5, 4],
  '+': [6, 6],
  '-': [6, 6],
  '*': [7, 7],
  '/': [7, 7],
  '%': [7, 7],
  '^': [10, 9],
}
const UNARY_PRIORITY = 8

/** The expressions of Lua, and the small tools that all rules share. */
export abstract class ExpressionParser {
  readonly lexer: Lexer
  scope: FunctionScope
  #levels = 0
  /** Every function but the main one. */
  readonly prototypes: Prototype[] = []

  constructor(source: string, chunkName: string) {
    this.lexer = new Lexer(source, chunkName)
    this.scope = new FunctionScope(undefined, 0, 0)
  }

  abstract parseBlock(): Block

  readonly complain = (message: string): Error => this.lexer.error(message)

  enter(): void {
    if (++this.#levels > MAX_SYNTAX_LEVELS)
      throw this.lexer.error('chunk has too many syntax levels')
  }

  leave(): void {
    this.#levels--
  }

  accept(type: string): boolean {
    if (this.lexer.token.type !== type) return false
    this.lexer.next()
    return true
  }

  expected(what: string): Error {
    return this.lexer.errorNear(`'${what}' expected`)
  }

  expect(type: string): void {
    if (!this.accept(type)) throw this.expected(type)
  }

  /** Expects the word that closes what was opened at `line`. */
  expectMatch(type: string, opener: string, line: number): void {
    if (this.accept(type)) return
    if (line === this.lexer.token.line) throw this.expected(type)
    throw this.lexer.errorNear(`'${type}' expected (to close '${opener}' at line ${line})`)
  }

  name(): string {
    const { type, text } = this.lexer.token
    if (type !== 'name') throw this.lexer.errorNear("'<name>' expected")
    this.lexer.next()
    return text
  }

  nameAsString(): Expression {
    return { kind: 'string', value: this.name() }
  }

  variable(name: string, line: number): Expression {
    const variable = this.scope.find(name, this.complain)
    return variable === undefined ? { kind: 'global', name, line } : { kind: 'local', variable }
  }

  isAssignable(expression: Expression): boolean {
    return (
      expression.kind === 'local' || expression.kind === 'global' || expression.kind === 'index'
    )
  }

  expressionList(): Expression[] {
    const list = [this.expression()]
    while (this.accept(',')) {
      if (list.length >= MAX_LIST) throw this.lexer.errorNear('function or expression too complex')
      list.push(this.expression())
    }
    return list
  }

  expression(limit = 0): Expression {
    this.enter()
    let left = this.#operand()
    for (;;) {
      const { type } = this.lexer.token
      const priority = PRIORITY[type]
      if (priority === undefined || priority[0] <= limit) break
      this.lexer.next()
      this.scope.spend(1)
      const right = this.expression(priority[1])
      // Lua 5.1 tells the line on which the right side ends.
      left = { kind: 'binary', operator: type, left, right, line: this.lexer.previousLine }
    }
    this.leave()
    return left
  }

  #operand(): Expression {
    const { type, line } = this.lexer.token
    if (this.scope.spend(1) > MAX_STEPS) throw this.lexer.error('chunk is too complex')
    if (type === 'not' || type === '-' || type === '#') {
      this.lexer.next()
      const operand = this.expression(UNARY_PRIORITY)
      if (type === '-' && operand.kind === 'number')
        return { kind: 'number', value: -operand.value }
      return { kind: 'unary', operator: type, operand, line }
    }
    return this.#simple()
  }

  #simple(): Expression {
    const { lexer } = this
    const { type, text, number, line } = lexer.token
    switch (type) {
      case 'number':
        lexer.next()
        return { kind: 'number', value: number }
      case 'string':
        lexer.next()
        return { kind: 'string', value: text }
      case 'nil':
      case 'true':
      case 'false':
        lexer.next()
        return { kind: type }
      case '...':
        if (!this.scope.prototype.isVararg) {
          throw lexer.errorNear("cannot use '...' outside a vararg function")
        }
        lexer.next()
        return { kind: 'vararg' }
      case '{':
        return this.#table()
      case 'function':
        lexer.next()
        return { kind: 'function', prototype: this.functionBody(false, line) }
      default:
        return this.suffixed()
    }
  }

  /** A name or a parenthesis with its indexes and calls. */
  suffixed(): Expression {
    let expression = this.#primary()
    for (;;) {
      const { type, line } = this.lexer.token
      if (type === '.') {
        this.lexer.next()
        expression = { kind: 'index', object: expression, key: this.nameAsString(), line }
      } else if (type === '[') {
        expression = { kind: 'index', object: expression, key: this.#bracketed(), line }
      } else if (type === ':') {
        this.lexer.next()
        const name = this.name()
        expression = { kind: 'method', object: expression, name, args: this.#arguments(), line }
      } else if (type === '(' || type === 'string' || type === '{') {
        expression = { kind: 'call', callee: expression, args: this.#arguments(), line }
      } else {
        return expression
      }
      this.scope.spend(expression.kind === 'index' ? 1 : 4)
    }
  }

  #primary(): Expression {
    const { lexer } = this
    const { type, text, line } = lexer.token
    if (type === 'name') {
      lexer.next()
      return this.variable(text, line)
    }
    if (type !== '(') throw lexer.errorNear('unexpected symbol')
    lexer.next()
    const inner = this.expression()
    this.expectMatch(')', '(', line)
    return { kind: 'paren', inner }
  }

  #bracketed(): Expression {
    this.lexer.next()
    const key = this.expression()
    this.expect(']')
    return key
  }

  #arguments(): Expression[] {
    const { lexer } = this
    const { type, text, line } = lexer.token
    if (type === 'string') {
      lexer.next()
      return [{ kind: 'string', value: text }]
    }
    if (type === '{') return [this.#table()]
    if (type !== '(') throw lexer.errorNear('function arguments expected')
    // Lua 5.1 refuses what could be a call or the start of the next statement.
    if (line !== lexer.previousLine) {
      throw lexer.errorNear('ambiguous syntax (function call x new statement)')
    }
    lexer.next()
    if (this.accept(')')) return []
    const args = this.expressionList()
    this.expectMatch(')', '(', line)
    return args
  }

  #table(): TableExpression {
    const { line } = this.lexer.token
    const entries: TableEntry[] = []
    this.lexer.next()
    this.scope.spend(8)
    while (this.lexer.token.type !== '}') {
      const key = this.#fieldKey()
      entries.push({ key, value: this.expression() })
      this.scope.spend(2)
      if (!this.accept(',') && !this.accept(';')) break
    }
    this.expectMatch('}', '{', line)
    return { kind: 'table', entries, line }
  }

  /** The key of `[k] = v` and `k = v`; nothing for an item. */
  #fieldKey(): Expression | undefined {
    const { token } = this.lexer
    if (token.type === '[') {
      const key = this.#bracketed()
      this.expect('=')
      return key
    }
    if (token.type !== 'name' || this.lexer.peek().type !== '=') return undefined
    const key = this.nameAsString()
    this.lexer.next()
    return key
  }

  /** From the parameters to `end`. */
  functionBody(isMethod: boolean, line: number): Prototype {
    this.enter()
    const scope = new FunctionScope(this.scope, line, this.prototypes.length + 1)
    this.prototypes.push(scope.prototype)
    this.scope.spend(6)
    this.scope = scope
    scope.openBlock(false)
    if (isMethod) this.#parameter('self')
    this.#parameters()
    scope.prototype.body = this.parseBlock()
    this.expectMatch('end', 'function', line)
    scope.closeBlock()
    scope.prototype.cost = scope.closeCost()
    this.scope = scope.parent as FunctionScope
    this.leave()
    return scope.prototype
  }

  #parameters(): void {
    this.expect('(')
    if (this.accept(')')) return
    do {
      if (this.accept('...')) {
        this.scope.prototype.isVararg = true
        break
      }
      if (this.lexer.token.type !== 'name') {
        throw this.lexer.errorNear("<name> or '...' expected")
      }
      this.#parameter(this.name())
    } while (this.accept(','))
    this.expect(')')
  }

  #parameter(name: string): void {
    const variable = this.scope.declare(name, 0, this.complain)
    this.scope.show(variable)
    this.scope.prototype.parameters.push(variable)
  }
}
