// Statements of one function. Loops, labels and assignments all need the same writer, and the
// largest part is the two kinds of `for`.
import { ExpressionWriter } from './expression-writer.ts'
import { stringLiteral } from './javascript-text.ts'
import { LuaSyntaxError } from './syntax-error.ts'
import type {
  Block,
  Expression,
  GenericFor,
  NumericFor,
  Prototype,
  Statement,
  Variable,
} from './syntax-tree.ts'
import { isMulti, type WriterOptions } from './writer.ts'

/** `elseif` beyond this many are written side by side: V8 parses a chain by recursion. */
const MAX_ELSE_CHAIN = 12

/** Stands for the levels of depth a call takes; known, and put in, once the body is written. */
export const WEIGHT = 'w'

export class StatementWriter extends ExpressionWriter {
  readonly #chunkName: string
  #labels = 0
  /** JavaScript labels of the enclosing Lua loops. */
  readonly #loops: string[] = []
  /** Enclosing blocks that have Lua labels: the state each label stands for. */
  readonly #gotos: GotoBlock[] = []

  constructor(prototype: Prototype, options: WriterOptions & { readonly chunkName: string }) {
    super(prototype, options)
    this.#chunkName = options.chunkName
  }

  block({ statements }: Block): string {
    if (statements.some((statement) => statement.kind === 'label'))
      return this.#labelled(statements)
    return statements.map((statement) => this.#statement(statement)).join('\n')
  }

  #statement(statement: Statement): string {
    return this.withTemps(() => this.#write(statement))
  }

  #write(statement: Statement): string {
    switch (statement.kind) {
      case 'local':
        return this.#local(statement.variables, statement.values)
      case 'localFunction':
        return this.#localFunction(statement.variable, statement.prototype)
      case 'assign':
        return this.#assign(statement)
      case 'call':
        return `drop(${this.raw(statement.call, false)});`
      case 'do':
        return `{${this.block(statement.body)}}`
      case 'while': {
        const test = `if(!${this.condition(statement.condition)})break;`
        return this.#loop(statement, (label) => `${test}${this.#body(statement.body, label)}`)
      }
      case 'repeat':
        return this.#loop(statement, (label) => {
          const body = this.#body(statement.body, label)
          return `${body}if(${this.condition(statement.condition)})break;`
        })
      case 'if':
        return this.#if(statement.clauses, statement.otherwise)
      case 'numericFor':
        return this.#numericFor(statement)
      case 'genericFor':
        return this.#genericFor(statement)
      case 'return':
        return this.#return(statement.values)
      case 'break':
        return `break ${this.#loops.at(-1)};`
      case 'goto':
        return this.#goto(statement.label, statement.line)
      case 'label':
        return ''
    }
  }

  #local(variables: Variable[], values: Expression[]): string {
    if (variables.length === 1 && values.length <= 1) {
      const [value] = values
      return this.declare(
        variables[0] as Variable,
        value === undefined ? 'void 0' : this.value(value),
      )
    }
    const { setup, codes } = this.#adjusted(values, variables.length)
    return (
      setup + variables.map((variable, i) => this.declare(variable, codes[i] as string)).join('')
    )
  }

  /** Evaluates a list and cuts or fills it to `count` values, each held where nothing changes it. */
  #adjusted(values: readonly Expression[], count: number): { setup: string; codes: string[] } {
    let setup = ''
    const codes: string[] = []
    const last = values.length - 1
    for (const [i, value] of values.entries()) {
      if (i === last && isMulti(value) && count > values.length) {
        const held = this.temp()
        setup += `${held}=${this.values(value)};`
        for (let at = 0; codes.length < count; at++) codes.push(`${held}[${at}]`)
      } else {
        const held = this.temp()
        setup += `${held}=${this.value(value)};`
        codes.push(held)
      }
    }
    while (codes.length < count) codes.push('void 0')
    return { setup, codes }
  }

  /** The variable is visible inside: a box has to be there before the function is made. */
  #localFunction(variable: Variable, prototype: Prototype): string {
    if (!this.isBoxed(variable)) return this.declare(variable, this.closure(prototype))
    return this.declare(variable, 'void 0') + this.assign(variable, this.closure(prototype))
  }

  #assign({ targets, values }: Extract<Statement, { kind: 'assign' }>): string {
    if (targets.length === 1 && values.length === 1) {
      return this.#store(targets[0] as Expression, () => this.value(values[0] as Expression))
    }
    let setup = ''
    const places = targets.map((target) => {
      const { code, place } = this.#place(target)
      setup += code
      return place
    })
    const adjusted = this.#adjusted(values, targets.length)
    const stores = places.map((place, i) => {
      return this.#store(place, () => adjusted.codes[i] as string)
    })
    return setup + adjusted.setup + stores.toReversed().join('')
  }

  /** Evaluates the table and the key of a target now, so that it can be assigned later. */
  #place(target: Expression): { code: string; place: Expression } {
    if (target.kind !== 'index') return { code: '', place: target }
    const object = this.temp()
    let code = `${object}=${this.value(target.object)};`
    let { key } = target
    if (!this.isStable(key)) {
      const held = this.temp()
      code += `${held}=${this.value(key)};`
      key = { kind: 'placed', code: held, was: key }
    }
    const placed: Expression = { kind: 'placed', code: object, was: target.object }
    return { code, place: { ...target, object: placed, key } }
  }

  #store(target: Expression, value: () => string): string {
    if (target.kind === 'local') return this.assign(target.variable, value())
    if (target.kind === 'global') {
      return `put(E.t,${stringLiteral(target.name)},${value()},${this.site(target.line)});`
    }
    if (target.kind !== 'index') return ''
    const name = this.nameOf(target.object)
    const end = `${this.site(target.line)}${name === undefined ? '' : `,${stringLiteral(name)}`});`
    const object = this.value(target.object)
    if (target.key.kind === 'string') {
      return `put(${object},${stringLiteral(target.key.value)},${value()},${end}`
    }
    return `set(${object},${this.value(target.key)},${value()},${end}`
  }

  /** The line is where a function that never ends is said to have been. */
  #charge({ cost, line }: { readonly cost: number; readonly line: number }): string {
    return `if((B.fuel-=${cost})<0)stop(${this.site(line)});`
  }

  #loop(
    charged: { readonly cost: number; readonly line: number },
    write: (label: string) => string,
  ): string {
    const label = `L${this.#labels++}`
    return `${label}:for(;;){${this.#charge(charged)}${write(label)}}`
  }

  #body(body: Block, label: string): string {
    this.#loops.push(label)
    const code = this.block(body)
    this.#loops.pop()
    return code
  }

  #if(
    clauses: readonly { readonly condition: Expression; readonly body: Block }[],
    otherwise: Block | undefined,
  ): string {
    const last = otherwise === undefined ? '' : this.block(otherwise)
    const parts = clauses.map(({ condition, body }) => {
      return { test: this.condition(condition), body: this.block(body) }
    })
    if (parts.length <= MAX_ELSE_CHAIN) {
      const chain = parts.map(({ test, body }) => `if(${test}){${body}}`).join('else ')
      return last === '' ? chain : `${chain}else{${last}}`
    }
    const label = `L${this.#labels++}`
    const flat = parts.map(({ test, body }) => `if(${test}){${body}\nbreak ${label}}`)
    return `${label}:{${flat.join('\n')}${last}}`
  }

  #numericFor({ variable, start, limit, step, body, line, cost }: NumericFor): string {
    const site = this.site(line)
    const first = this.#forNumber(start, 'initial value', site)
    const end = this.#forNumber(limit, 'limit', site)
    const by = step === undefined ? { code: '', name: '1' } : this.#forNumber(step, 'step', site)
    // The body may assign the variable, and closures keep it: then the counter is another one.
    const isOwn = !variable.isAssigned
    const counter = isOwn ? this.holder(variable) : this.temp()
    if (isOwn) this.numbers.add(variable)
    const copy = isOwn ? '' : this.declare(variable, counter)
    const test = loopTest(counter, end.name, by.name)
    const setup = first.code + end.code + by.code
    const label = `L${this.#labels++}`
    const head = `${label}:for(${counter}=${first.name};${test};${counter}+=${by.name})`
    return `${setup}${head}{${this.#charge({ cost, line })}${copy}${this.#body(body, label)}}`
  }

  #forNumber(expression: Expression, what: string, site: number): { code: string; name: string } {
    if (expression.kind === 'number') return { code: '', name: this.value(expression) }
    const held = this.temp()
    const code = `${held}=num(${this.value(expression)},${stringLiteral(what)},${site});`
    return { code, name: held }
  }

  #genericFor({ variables, values, body, line, cost }: GenericFor): string {
    const { setup, codes } = this.#adjusted(values, 3)
    const [next, state, control, kind, place] = [0, 0, 0, 0, 0].map(() => this.temp())
    const start =
      `${setup}${next}=${codes[0]};${state}=${codes[1]};${control}=${codes[2]};` +
      `${kind}=walk(${next},${state},${control});${place}=0;`
    const [first, second] = [this.temp(), this.temp()]
    const step =
      `if(${kind}===1){if((${place}=${state}.advance(${place}))===0)break;` +
      `${first}=${state}.keyAt(${place});${second}=${state}.valueAt(${place});}` +
      `else if(${kind}===2){if((${second}=${state}.getNumber(++${place}))===void 0)break;` +
      `${first}=${place};}`
    const general = this.#generalStep({ next, state, control, first, second } as StepNames, {
      line,
      count: variables.length,
    })
    const names = [first, second, ...general.rest]
    const declared = variables.map((variable, i) => this.declare(variable, names[i] as string))
    return (
      start +
      this.#loop({ cost, line }, (label) => {
        return `${step}else{${general.code}}${declared.join('')}${this.#body(body, label)}`
      })
    )
  }

  /** Calls an iterator that is none of ours. */
  #generalStep(
    { next, state, control, first, second }: StepNames,
    { line, count }: { line: number; count: number },
  ): { code: string; rest: string[] } {
    const site = this.site(line)
    const target = `typeof ${next}==="function"?${next}:ask(${next},${site})`
    const results = this.temp()
    const picked = this.isGenerator ? `gen(${target})` : target
    let code = `S[d]=${site};${results}=(${picked})(${state},${control});`
    if (this.isGenerator) code += `if(pend(${results}))${results}=yield* ${results};`
    code += `${results}=all(${results});${first}=${results}[0];${second}=${results}[1];`
    const rest: string[] = []
    for (let i = 2; i < count; i++) rest.push(`(${results}===void 0?void 0:${results}[${i}])`)
    return { code: `${code}if(${first}===void 0)break;${control}=${first};`, rest }
  }

  #return(values: readonly Expression[]): string {
    const [value] = values
    const leave = `B.depth=d-${WEIGHT};`
    if (value === undefined) return `${leave}return N;`
    const held = this.temp()
    const code = values.length > 1 ? `[${this.list(values)}]` : this.#returned(value)
    return `${held}=${code};${leave}return ${held};`
  }

  #returned(value: Expression): string {
    if (value.kind === 'call' || value.kind === 'method') return this.raw(value, !this.isGenerator)
    return value.kind === 'vararg' ? 'va' : this.value(value)
  }

  /** A block with labels is a machine: one state for each label, `goto` sets it and starts over. */
  #labelled(statements: readonly Statement[]): string {
    const loop = `G${this.#labels++}`
    const states = new Map<string, number>()
    for (const statement of statements) {
      if (statement.kind === 'label') states.set(statement.label, states.size + 1)
    }
    const state = this.temp()
    this.#gotos.push({ loop, state, states })
    const body = statements.map((statement) => {
      if (statement.kind === 'label') return `case ${states.get(statement.label)}:`
      return this.#statement(statement)
    })
    this.#gotos.pop()
    const charge = this.#charge({ cost: this.prototype.cost + 8, line: this.prototype.line })
    return `${state}=0;${loop}:for(;;){${charge}switch(${state}){case 0:${body.join('\n')}}break ${loop}}`
  }

  #goto(label: string, line: number): string {
    for (const { loop, state, states } of this.#gotos.toReversed()) {
      const target = states.get(label)
      if (target !== undefined) return `${state}=${target};continue ${loop};`
    }
    throw new LuaSyntaxError(this.#chunkName, line, 1, `no visible label '${label}' for <goto>`)
  }
}

interface GotoBlock {
  readonly loop: string
  readonly state: string
  readonly states: Map<string, number>
}

interface StepNames {
  readonly next: string
  readonly state: string
  readonly control: string
  readonly first: string
  readonly second: string
}

function loopTest(counter: string, end: string, by: string): string {
  if (/^\(?-/.test(by)) return `${counter}>=${end}`
  if (/^\d/.test(by) && Number(by) > 0) return `${counter}<=${end}`
  return `${by}>0?${counter}<=${end}:${counter}>=${end}`
}
