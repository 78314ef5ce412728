import { METHOD_CALL, TAIL_DEPTH } from '../runtime/budget.ts'
import { stringLiteral } from './javascript-text.ts'
import type { CallExpression, Expression, MethodExpression } from './syntax-tree.ts'
import { isMulti, Writer } from './writer.ts'

/** Calls, and lists of values that a call or `...` may end. */
export abstract class CallWriter extends Writer {
  /** The first value of a call. */
  single(call: CallExpression | MethodExpression): string {
    return this.withTemps(() => {
      const result = this.temp()
      const code = this.raw(call, false)
      return `(typeof (${result}=${code})==="object"?one(${result}):${result})`
    })
  }

  /** All that a call answers, still packed as functions answer it. */
  raw(call: CallExpression | MethodExpression, isTail: boolean): string {
    return this.withTemps(() => {
      const found = this.temp()
      const { callee, receiver } = this.#callee(call, found)
      const target = this.#target(callee, found, call, isTail)
      const code = `${target}(${receiver}${this.#args(call)})`
      if (!this.isGenerator) return code
      const result = this.temp()
      return `(pend(${result}=${code})?yield* ${result}:${result})`
    })
  }

  /** Code that leaves the callee in a temporary, and what comes before the written arguments. */
  #callee(
    call: CallExpression | MethodExpression,
    found: string,
  ): { callee: string; receiver: string } {
    if (call.kind === 'call') return { callee: `${found}=${this.value(call.callee)}`, receiver: '' }
    const object = this.temp()
    const name = this.#quotedName(call.object)
    const site = this.site(call.line)
    const get = `fld(${object},${stringLiteral(call.name)},${site}${name})`
    const callee = `${object}=${this.value(call.object)},${found}=${get}`
    return { callee, receiver: call.args.length > 0 ? `${object},` : object }
  }

  #quotedName(expression: Expression): string {
    const name = this.nameOf(expression)
    return name === undefined ? '' : `,${stringLiteral(name)}`
  }

  /** The function to call; a value that is none is asked for `__call` when it is called. */
  #target(
    callee: string,
    found: string,
    call: CallExpression | MethodExpression,
    isTail: boolean,
  ): string {
    const site = this.#callSite(call)
    const line = this.site(call.line)
    const name = call.kind === 'call' ? this.nameOf(call.callee) : `method '${call.name}'`
    const quoted = name === undefined ? '' : `,${stringLiteral(name)}`
    const test = `typeof ${found}==="function"?${found}:ask(${found},${line}${quoted})`
    if (this.isGenerator) return `(${callee},S[d]=${site},gen(${test}))`
    if (!isTail) return `(${callee},S[d]=${site},${test})`
    return `(${callee},S[d]=${site},${found}=${test},d>${TAIL_DEPTH}?wait(${found}):${found})`
  }

  #callSite({ kind, line }: CallExpression | MethodExpression): number {
    return this.site(line) + (kind === 'method' ? METHOD_CALL : 0)
  }

  /** A call among the arguments has moved the line; it is set again once the last is there. */
  #args(call: CallExpression | MethodExpression): string {
    const { args } = call
    const last = args.at(-1)
    if (last === undefined || !args.some(mayCall)) return this.list(args)
    return this.withTemps(() => {
      const before = args.slice(0, -1).map((arg) => `${this.value(arg)},`)
      const held = this.temp()
      const [spread, value] = isMulti(last)
        ? ['...', `spr(${this.values(last)})`]
        : ['', this.value(last)]
      return `${before.join('')}${spread}(${held}=${value},S[d]=${this.#callSite(call)},${held})`
    })
  }

  /** The expressions of a list, the last one spread when it may be several values. */
  list(expressions: readonly Expression[]): string {
    return expressions
      .map((expression, i) =>
        i === expressions.length - 1 && isMulti(expression)
          ? `...spr(${this.values(expression)})`
          : this.value(expression),
      )
      .join(',')
  }

  /** An array of all values of a call or `...`; not to be written to. */
  values(expression: Expression): string {
    if (expression.kind === 'vararg') return 'va'
    if (expression.kind !== 'call' && expression.kind !== 'method')
      return `[${this.value(expression)}]`
    return `all(${this.raw(expression, false)})`
  }
}

function mayCall(expression: Expression): boolean {
  switch (expression.kind) {
    case 'nil':
    case 'true':
    case 'false':
    case 'vararg':
    case 'number':
    case 'string':
    case 'local':
    case 'function':
      return false
    default:
      return true
  }
}
