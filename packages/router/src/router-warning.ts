/** Something about a Route that an operator should know. The router works all the same. */
export interface RouterWarning {
  /**
   * - `invalid-regex`: the expression does not compile; the Route is left out.
   * - `nested-quantifier`: a repetition inside a repetition, such as `(a+)+`, can take very long
   *   on a path made for it.
   * - `many-regexes`: many expressions begin with the same literal text and are tried one by one.
   */
  readonly kind: 'invalid-regex' | 'nested-quantifier' | 'many-regexes'
  readonly routeId: string
  /** Names the expression and says what is wrong with it. */
  readonly message: string
}
