import { compileProgram, type RegexProgram } from './compile-program.ts'
import { type Anchor, runProgram } from './run-program.ts'

/** An expression that never takes long. It answers what a RegExp of the same source would. */
export class LinearRegex {
  readonly #program: RegexProgram
  readonly #anchor: Anchor

  /**
   * Throws an Error with the reason for an expression that is too large.
   *
   * @param source as `translateRegex` answers it
   */
  constructor(source: string, flags: { readonly ignoreCase: boolean; readonly anchor: Anchor }) {
    this.#program = compileProgram(source, flags.ignoreCase)
    this.#anchor = flags.anchor
  }

  test(text: string): boolean {
    return runProgram(this.#program, text, { anchor: this.#anchor, slots: 0 }) !== undefined
  }

  exec(text: string): RegExpExecArray | null {
    const { names, slots: slotCount } = this.#program
    const slots = runProgram(this.#program, text, { anchor: this.#anchor, slots: slotCount })
    if (slots === undefined) return null
    const caught = Array.from({ length: slots.length / 2 }, (_, group) => {
      const [from, to] = [slots[2 * group] as number, slots[2 * group + 1] as number]
      return from < 0 || to < 0 ? undefined : text.slice(from, to)
    })
    const groups =
      names.size === 0
        ? undefined
        : Object.fromEntries([...names].map(([name, index]) => [name, caught[index]]))
    return Object.assign(caught, { index: slots[0], input: text, groups }) as RegExpExecArray
  }
}
