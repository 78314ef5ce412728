import type { Shapes } from './shapes.ts'
import type { Expression, Prototype, Variable } from './syntax-tree.ts'

/** What the generated names mean. All the generated program can reach, besides its environment. */
export const RUNTIME_NAMES = {
  B: 'run',
  S: 'frames',
  N: 'NOTHING',
  stop: 'stop',
  gap: 'gap',
  idx: 'index',
  fld: 'field',
  set: 'setIndex',
  put: 'setField',
  len: 'length',
  cat: 'concat',
  add: 'add',
  sub: 'subtract',
  mul: 'multiply',
  div: 'divide',
  mod: 'modulo',
  pow: 'power',
  rem: 'remainder',
  neg: 'negate',
  eq: 'equals',
  lt: 'less',
  le: 'lessOrEqual',
  one: 'first',
  all: 'all',
  drop: 'drop',
  ask: 'callable',
  wait: 'deferred',
  gen: 'yielding',
  pend: 'isPending',
  num: 'forNumber',
  walk: 'walkKind',
  rec: 'newRecord',
  lst: 'newList',
  mix: 'newMixed',
  clo: 'chargeClosure',
  rest: 'chargeRest',
  spr: 'spread',
} as const

/** Nesting of JavaScript expressions beyond which a part becomes a function of its own. */
const MAX_NESTING = 20

export interface WriterOptions {
  readonly isGenerator: boolean
  /** Number of the chunk's line 0, see position.ts. */
  readonly firstSite: number
  /** Shared by all functions of the chunk. */
  readonly shapes: Shapes
}

/** Writes one form (plain or generator) of one function: names, temporaries, nesting. */
export abstract class Writer {
  readonly prototype: Prototype
  readonly isGenerator: boolean
  readonly firstSite: number
  readonly shapes: Shapes
  /** Loop variables that nothing assigns: known to hold numbers. */
  readonly numbers: Set<Variable> = new Set()
  /** Deep parts of expressions, written as functions at the head of this one. */
  readonly outlined: string[] = []
  usedTemps = 0
  mostTemps = 0
  #nesting = 0

  constructor(prototype: Prototype, { isGenerator, firstSite, shapes }: WriterOptions) {
    this.prototype = prototype
    this.isGenerator = isGenerator
    this.firstSite = firstSite
    this.shapes = shapes
  }

  abstract write(expression: Expression): string

  /** One value, as JavaScript without side conditions: safe to stand anywhere. */
  value(expression: Expression): string {
    if (this.#nesting >= MAX_NESTING) return this.#outline(expression)
    this.#nesting++
    const code = this.write(expression)
    this.#nesting--
    return code
  }

  /** V8 parses nested expressions by recursion; a function of its own starts from the top again. */
  #outline(expression: Expression): string {
    const nesting = this.#nesting
    this.#nesting = 0
    const code = this.value(expression)
    this.#nesting = nesting
    return this.outlineBody(`return ${code}`)
  }

  outlineBody(body: string): string {
    const name = `x${this.outlined.length}`
    this.outlined.push(
      this.isGenerator ? `const ${name}=function*(){${body}};` : `const ${name}=()=>{${body}};`,
    )
    return this.isGenerator ? `(yield* ${name}())` : `${name}()`
  }

  /** Runs with nesting counted from zero, for what is written into a body of its own. */
  fromTop(write: () => string): string {
    const nesting = this.#nesting
    this.#nesting = 0
    const code = write()
    this.#nesting = nesting
    return code
  }

  temp(): string {
    this.mostTemps = Math.max(this.mostTemps, this.usedTemps + 1)
    return `t${this.usedTemps++}`
  }

  /** Gives the temporaries taken inside back. */
  withTemps(write: () => string): string {
    const before = this.usedTemps
    const code = write()
    this.usedTemps = before
    return code
  }

  site(line: number): number {
    return this.firstSite + line
  }

  /** A variable that is both captured and assigned lives in an object that all functions share. */
  isBoxed(variable: Variable): boolean {
    return variable.isCaptured && variable.isAssigned
  }

  /** Where the variable (or its box) is in this function. */
  holder(variable: Variable): string {
    if (variable.owner === this.prototype) return `v${variable.slot}`
    if (this.prototype.self === variable && !variable.isAssigned) return 'f'
    return `u${this.prototype.upvalues.indexOf(variable)}`
  }

  read(variable: Variable): string {
    const holder = this.holder(variable)
    return this.isBoxed(variable) ? `${holder}.v` : holder
  }

  /** The statement that gives a variable its first value. */
  declare(variable: Variable, code: string): string {
    const holder = this.holder(variable)
    return this.isBoxed(variable) ? `${holder}={v:${code}};` : `${holder}=${code};`
  }

  assign(variable: Variable, code: string): string {
    return `${this.read(variable)}=${code};`
  }

  /** Whether reading it twice gives the same and does nothing. */
  isStable(expression: Expression): boolean {
    switch (expression.kind) {
      case 'nil':
      case 'true':
      case 'false':
      case 'number':
      case 'string':
        return true
      case 'local':
        return !this.isBoxed(expression.variable)
      case 'paren':
        return this.isStable(expression.inner)
      default:
        return false
    }
  }

  isNumber(expression: Expression): boolean {
    if (expression.kind === 'number') return true
    if (expression.kind === 'paren') return this.isNumber(expression.inner)
    return expression.kind === 'local' && this.numbers.has(expression.variable)
  }

  /** How Lua names the expression in an error: `local 'x'`, `field 'y'`. */
  nameOf(expression: Expression): string | undefined {
    switch (expression.kind) {
      case 'local': {
        const isOwn = expression.variable.owner === this.prototype
        return `${isOwn ? 'local' : 'upvalue'} '${expression.variable.name}'`
      }
      case 'global':
        return `global '${expression.name}'`
      case 'method':
      case 'call':
        return undefined
      case 'index':
        return `field '${expression.key.kind === 'string' ? expression.key.value : '?'}'`
      case 'paren':
        return this.nameOf(expression.inner)
      case 'placed':
        return this.nameOf(expression.was)
      default:
        return undefined
    }
  }
}

export function isMulti(expression: Expression | undefined): boolean {
  const kind = expression?.kind
  return kind === 'call' || kind === 'method' || kind === 'vararg'
}
