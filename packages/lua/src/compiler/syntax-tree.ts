/** What the parser makes of Lua source. Scopes are resolved: a name is a variable or a global. */

export interface Variable {
  readonly name: string
  readonly owner: Prototype
  /** Which of its function's JavaScript variables holds it; reused by later scopes. */
  readonly slot: number
  /** Assigned anywhere after its declaration. */
  isAssigned: boolean
  /** Used by an inner function. */
  isCaptured: boolean
  /** The function that `local function` puts into it. */
  holds: Prototype | undefined
}

export interface Prototype {
  readonly id: number
  readonly parent: Prototype | undefined
  readonly line: number
  readonly parameters: Variable[]
  readonly upvalues: Variable[]
  isVararg: boolean
  /** Largest number of locals alive at one time. */
  slots: number
  body: Block
  /** Steps charged when it is entered; loops inside charge for themselves. */
  cost: number
  /** `local function` that never changes: inside it, its own name is itself. */
  self: Variable | undefined
}

export interface Block {
  readonly statements: Statement[]
}

export type Expression =
  | { readonly kind: 'nil' | 'true' | 'false' | 'vararg' }
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'string'; readonly value: string }
  | { readonly kind: 'local'; readonly variable: Variable }
  | { readonly kind: 'global'; readonly name: string; readonly line: number }
  | IndexExpression
  | CallExpression
  | MethodExpression
  | { readonly kind: 'function'; readonly prototype: Prototype }
  | BinaryExpression
  | UnaryExpression
  | TableExpression
  | { readonly kind: 'paren'; readonly inner: Expression }
  | PlacedExpression

/** Made by the writer only: a value that has been computed into a JavaScript variable. */
interface PlacedExpression {
  readonly kind: 'placed'
  readonly code: string
  readonly was: Expression
}

export interface IndexExpression {
  readonly kind: 'index'
  readonly object: Expression
  readonly key: Expression
  readonly line: number
}

export interface CallExpression {
  readonly kind: 'call'
  readonly callee: Expression
  readonly args: readonly Expression[]
  readonly line: number
}

export interface MethodExpression {
  readonly kind: 'method'
  readonly object: Expression
  readonly name: string
  readonly args: readonly Expression[]
  readonly line: number
}

export interface BinaryExpression {
  readonly kind: 'binary'
  readonly operator: string
  readonly left: Expression
  readonly right: Expression
  readonly line: number
}

export interface UnaryExpression {
  readonly kind: 'unary'
  readonly operator: 'not' | '-' | '#'
  readonly operand: Expression
  readonly line: number
}

export interface TableExpression {
  readonly kind: 'table'
  /** In the order of the source; an entry without a key is the next item of the list. */
  readonly entries: readonly TableEntry[]
  readonly line: number
}

export interface TableEntry {
  readonly key: Expression | undefined
  readonly value: Expression
}

export type Statement =
  | { readonly kind: 'local'; readonly variables: Variable[]; readonly values: Expression[] }
  | {
      readonly kind: 'localFunction'
      readonly variable: Variable
      readonly prototype: Prototype
    }
  | {
      readonly kind: 'assign'
      readonly targets: readonly Expression[]
      readonly values: readonly Expression[]
      readonly line: number
    }
  | { readonly kind: 'call'; readonly call: CallExpression | MethodExpression }
  | { readonly kind: 'do'; readonly body: Block }
  | {
      readonly kind: 'while'
      readonly condition: Expression
      readonly body: Block
      readonly line: number
      readonly cost: number
    }
  | {
      readonly kind: 'repeat'
      readonly condition: Expression
      readonly body: Block
      readonly line: number
      readonly cost: number
    }
  | {
      readonly kind: 'if'
      readonly clauses: readonly { readonly condition: Expression; readonly body: Block }[]
      readonly otherwise: Block | undefined
    }
  | NumericFor
  | GenericFor
  | { readonly kind: 'return'; readonly values: readonly Expression[] }
  | { readonly kind: 'break' }
  | { readonly kind: 'goto'; readonly label: string; readonly line: number }
  | { readonly kind: 'label'; readonly label: string; readonly cost: number }

export interface NumericFor {
  readonly kind: 'numericFor'
  readonly variable: Variable
  readonly start: Expression
  readonly limit: Expression
  readonly step: Expression | undefined
  readonly body: Block
  readonly line: number
  readonly cost: number
}

export interface GenericFor {
  readonly kind: 'genericFor'
  readonly variables: readonly Variable[]
  readonly values: readonly Expression[]
  readonly body: Block
  readonly line: number
  readonly cost: number
}
