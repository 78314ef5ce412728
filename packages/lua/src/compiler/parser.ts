// The statements of Lua. One class because every rule needs the lexer and the scope at hand;
// expressions are in parse-expression.ts, which this extends.
import { ExpressionParser, MAX_LIST } from './parse-expression.ts'
import type { Block, Expression, Prototype, Statement, Variable } from './syntax-tree.ts'

/** Largest source taken, in bytes: V8 takes seconds for a mebibyte, and nothing else runs then. */
export const MAX_SOURCE_BYTES: number = 64 * 1024

/**
 * Parses a chunk, given as bytes, into its functions.
 *
 * @throws LuaSyntaxError
 */
export function parseChunk(source: string, chunkName: string): ParsedChunk {
  const parser = new Parser(source, chunkName)
  const main = parser.parseMain()
  return { main, prototypes: [main, ...parser.prototypes] }
}

export interface ParsedChunk {
  readonly main: Prototype
  /** All functions, the main one first. */
  readonly prototypes: readonly Prototype[]
}

const BLOCK_ENDS: ReadonlySet<string> = new Set(['else', 'elseif', 'end', 'eof', 'until'])

class Parser extends ExpressionParser {
  parseMain(): Prototype {
    const { lexer } = this
    if (lexer.source.length > MAX_SOURCE_BYTES) {
      throw lexer.error(`chunk has more than ${MAX_SOURCE_BYTES} bytes`)
    }
    this.scope.prototype.isVararg = true
    this.scope.openBlock(false)
    this.scope.prototype.body = this.parseBlock()
    if (lexer.token.type !== 'eof') throw this.expected('<eof>')
    this.scope.closeBlock()
    this.scope.prototype.cost = this.scope.closeCost()
    return this.scope.prototype
  }

  parseBlock(): Block {
    this.enter()
    const statements: Statement[] = []
    while (!BLOCK_ENDS.has(this.lexer.token.type)) {
      const isLast = this.lexer.token.type === 'return' || this.lexer.token.type === 'break'
      statements.push(this.#statement())
      this.accept(';')
      if (isLast) break
    }
    this.leave()
    return { statements }
  }

  /** A block with a scope of its own. */
  #scoped(isLoop: boolean): Block {
    this.scope.openBlock(isLoop)
    const body = this.parseBlock()
    this.scope.closeBlock()
    return body
  }

  #statement(): Statement {
    const { lexer, scope } = this
    const { line, type } = lexer.token
    scope.spend(1)
    switch (type) {
      case 'if':
        return this.#if(line)
      case 'while':
        return this.#while(line)
      case 'do': {
        lexer.next()
        const body = this.#scoped(false)
        this.expectMatch('end', 'do', line)
        return { kind: 'do', body }
      }
      case 'for':
        return this.#for(line)
      case 'repeat':
        return this.#repeat(line)
      case 'function':
        return this.#function(line)
      case 'local':
        lexer.next()
        return this.accept('function') ? this.#localFunction(line) : this.#local()
      case 'return':
        return this.#return()
      case 'break':
        lexer.next()
        if (!scope.isInLoop()) throw lexer.errorNear('no loop to break')
        return { kind: 'break' }
      case '::':
        return this.#label()
      default:
        return this.#isGoto() ? this.#goto() : this.#expressionStatement()
    }
  }

  #if(line: number): Statement {
    const clauses = [this.#ifClause()]
    let otherwise: Block | undefined
    while (this.lexer.token.type === 'elseif') clauses.push(this.#ifClause())
    if (this.accept('else')) otherwise = this.#scoped(false)
    this.expectMatch('end', 'if', line)
    return { kind: 'if', clauses, otherwise }
  }

  #ifClause(): { condition: Expression; body: Block } {
    this.lexer.next()
    const condition = this.expression()
    this.expect('then')
    return { condition, body: this.#scoped(false) }
  }

  #while(line: number): Statement {
    this.lexer.next()
    this.scope.openCost()
    const condition = this.expression()
    this.expect('do')
    const body = this.#scoped(true)
    this.expectMatch('end', 'while', line)
    return { kind: 'while', condition, body, line, cost: this.scope.closeCost() }
  }

  /** The locals of the body are visible in the condition. */
  #repeat(line: number): Statement {
    this.lexer.next()
    this.scope.openCost()
    this.scope.openBlock(true)
    const body = this.parseBlock()
    this.expectMatch('until', 'repeat', line)
    const condition = this.expression()
    this.scope.closeBlock()
    return { kind: 'repeat', condition, body, line, cost: this.scope.closeCost() }
  }

  #for(line: number): Statement {
    this.lexer.next()
    const name = this.name()
    const { type } = this.lexer.token
    if (type === '=') return this.#numericFor(name, line)
    if (type === ',' || type === 'in') return this.#genericFor(name, line)
    throw this.lexer.errorNear("'=' or 'in' expected")
  }

  #numericFor(name: string, line: number): Statement {
    this.lexer.next()
    const start = this.expression()
    this.expect(',')
    const limit = this.expression()
    const step = this.accept(',') ? this.expression() : undefined
    this.expect('do')
    this.scope.openCost()
    this.scope.openBlock(true)
    const variable = this.#newLocal(name)
    const body = this.#scoped(false)
    this.scope.closeBlock()
    this.expectMatch('end', 'for', line)
    const cost = this.scope.closeCost()
    return { kind: 'numericFor', variable, start, limit, step, body, line, cost }
  }

  #genericFor(first: string, line: number): Statement {
    const names = [first]
    while (this.accept(',')) names.push(this.name())
    this.expect('in')
    const values = this.expressionList()
    this.expect('do')
    this.scope.openCost()
    this.scope.openBlock(true)
    const variables = names.map((name) => this.#newLocal(name))
    const body = this.#scoped(false)
    this.scope.closeBlock()
    this.expectMatch('end', 'for', line)
    const cost = this.scope.closeCost()
    return { kind: 'genericFor', variables, values, body, line, cost }
  }

  #newLocal(name: string): Variable {
    const variable = this.scope.declare(name, 0, this.complain)
    this.scope.show(variable)
    return variable
  }

  #function(line: number): Statement {
    this.lexer.next()
    let target = this.variable(this.name(), line)
    let isMethod = false
    while (!isMethod && (this.lexer.token.type === '.' || this.lexer.token.type === ':')) {
      isMethod = this.lexer.token.type === ':'
      this.lexer.next()
      target = { kind: 'index', object: target, key: this.nameAsString(), line }
    }
    if (target.kind === 'local') target.variable.isAssigned = true
    const prototype = this.functionBody(isMethod, line)
    return { kind: 'assign', targets: [target], values: [{ kind: 'function', prototype }], line }
  }

  #localFunction(line: number): Statement {
    const variable = this.#newLocal(this.name())
    const prototype = this.functionBody(false, line)
    prototype.self = variable
    variable.holds = prototype
    return { kind: 'localFunction', variable, prototype }
  }

  #local(): Statement {
    const variables: Variable[] = []
    do {
      variables.push(this.scope.declare(this.name(), variables.length, this.complain))
    } while (this.accept(','))
    const values = this.accept('=') ? this.expressionList() : []
    for (const variable of variables) this.scope.show(variable)
    return { kind: 'local', variables, values }
  }

  #return(): Statement {
    this.lexer.next()
    const { type } = this.lexer.token
    if (BLOCK_ENDS.has(type) || type === ';') return { kind: 'return', values: [] }
    return { kind: 'return', values: this.expressionList() }
  }

  #expressionStatement(): Statement {
    const { line } = this.lexer.token
    const first = this.suffixed()
    if (first.kind === 'call' || first.kind === 'method') return { kind: 'call', call: first }
    return this.#assignment(first, line)
  }

  #assignment(first: Expression, line: number): Statement {
    const targets = [this.#target(first)]
    while (this.accept(',')) {
      if (targets.length >= MAX_LIST)
        throw this.lexer.errorNear('function or expression too complex')
      targets.push(this.#target(this.suffixed()))
    }
    this.expect('=')
    return { kind: 'assign', targets, values: this.expressionList(), line }
  }

  #target(expression: Expression): Expression {
    if (!this.isAssignable(expression)) throw this.lexer.errorNear('syntax error')
    if (expression.kind === 'local') expression.variable.isAssigned = true
    return expression
  }

  // `goto` and labels are LuaJIT's, and Kong's users write for LuaJIT. `goto` stays a name
  // everywhere else, as in Lua 5.1.
  #isGoto(): boolean {
    const { token } = this.lexer
    return token.type === 'name' && token.text === 'goto' && this.lexer.peek().type === 'name'
  }

  #goto(): Statement {
    const { line } = this.lexer.token
    this.lexer.next()
    return { kind: 'goto', label: this.name(), line }
  }

  #label(): Statement {
    this.lexer.next()
    const label = this.name()
    this.expect('::')
    if (!this.scope.addLabel(label)) throw this.lexer.error(`label '${label}' already defined`)
    return { kind: 'label', label, cost: 1 }
  }
}
