import type { Prototype, Variable } from './syntax-tree.ts'

/** What Lua allows; a function that needs more is refused. */
const MAX_LOCALS = 200
const MAX_UPVALUES = 60

export type Complain = (message: string) => Error

/** A function while its body is being parsed: which locals are visible, what it has cost. */
export class FunctionScope {
  readonly prototype: Prototype
  readonly parent: FunctionScope | undefined
  readonly #visible: Variable[] = []
  /** Shared by all functions of the chunk. */
  readonly #total: { steps: number }
  readonly #costs: number[] = [0]
  /** For each open block: how many locals were visible before it, whether it is a loop. */
  readonly #blocks: { readonly before: number; readonly isLoop: boolean; labels: Set<string> }[] =
    []

  constructor(parent: FunctionScope | undefined, line: number, id: number) {
    this.parent = parent
    this.#total = parent === undefined ? { steps: 0 } : parent.#total
    this.prototype = {
      id,
      parent: parent?.prototype,
      line,
      parameters: [],
      upvalues: [],
      isVararg: false,
      slots: 0,
      body: { statements: [] },
      cost: 0,
      self: undefined,
    }
  }

  /** Makes a variable that becomes visible with `show`. */
  declare(name: string, ahead: number, complain: Complain): Variable {
    const slot = this.#visible.length + ahead
    if (slot >= MAX_LOCALS)
      throw complain(`${this.#what()} has more than ${MAX_LOCALS} local variables`)
    this.prototype.slots = Math.max(this.prototype.slots, slot + 1)
    const owner = this.prototype
    return { name, owner, slot, isAssigned: false, isCaptured: false, holds: undefined }
  }

  show(variable: Variable): void {
    this.#visible.push(variable)
  }

  find(name: string, complain: Complain): Variable | undefined {
    for (let i = this.#visible.length - 1; i >= 0; i--) {
      const variable = this.#visible[i] as Variable
      if (variable.name === name) return variable
    }
    const outer = this.parent?.find(name, complain)
    if (outer !== undefined) this.#capture(outer, complain)
    return outer
  }

  #capture(variable: Variable, complain: Complain): void {
    variable.isCaptured = true
    const { upvalues } = this.prototype
    if (upvalues.includes(variable)) return
    if (upvalues.length >= MAX_UPVALUES) {
      throw complain(`${this.#what()} has more than ${MAX_UPVALUES} upvalues`)
    }
    upvalues.push(variable)
  }

  openBlock(isLoop: boolean): void {
    this.#blocks.push({ before: this.#visible.length, isLoop, labels: new Set() })
  }

  closeBlock(): void {
    const block = this.#blocks.pop()
    if (block !== undefined) this.#visible.length = block.before
  }

  isInLoop(): boolean {
    return this.#blocks.some((block) => block.isLoop)
  }

  /** Answers false when the block has the label already. */
  addLabel(label: string): boolean {
    const labels = this.#blocks.at(-1)?.labels
    if (labels === undefined || labels.has(label)) return false
    labels.add(label)
    return true
  }

  /** Answers what the chunk has cost so far. */
  spend(steps: number): number {
    this.#total.steps += steps
    this.#costs[this.#costs.length - 1] = (this.#costs.at(-1) ?? 0) + steps
    return this.#total.steps
  }

  openCost(): void {
    this.#costs.push(0)
  }

  /** Steps of one turn through what was parsed since `openCost`: V8 may well be interpreting it. */
  closeCost(): number {
    return 4 + Math.ceil((this.#costs.pop() ?? 0) / 4)
  }

  #what(): string {
    const { line, parent } = this.prototype
    return parent === undefined ? 'main function' : `function at line ${line}`
  }
}
