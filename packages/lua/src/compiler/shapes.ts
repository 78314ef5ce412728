import { decodeLossy } from '../host/utf8.ts'
import { stringLiteral } from './javascript-text.ts'

/** Longer constructors are rare, and from 64 places on a table may forget removed keys. */
const MAX_KEYS = 31

/**
 * The table constructors of a chunk that have names only, each list of names once: code that makes
 * an object of such a table when it leaves Lua (runtime/table.ts, `Shape`).
 */
export class Shapes {
  readonly #numbers = new Map<string, number>()

  /** What the constructor hands to the table; `void 0` for one that is too long. */
  reference(keys: readonly string[]): string {
    if (keys.length === 0 || keys.length > MAX_KEYS) return 'void 0'
    const make = objectLiteral(keys)
    const number = this.#numbers.get(make) ?? this.#numbers.size
    this.#numbers.set(make, number)
    return `O${number}`
  }

  /** The declarations, to stand before all functions. */
  code(): string {
    const shapes = [...this.#numbers].map(([make, number]) => `const O${number}=${make};`)
    return shapes.join('')
  }
}

function objectLiteral(keys: readonly string[]): string {
  const entries = keys.map((key, i) => `${nameLiteral(key)}:c(s[${2 * i + 1}],a,b)`)
  return `{slots:${2 * keys.length},make(s,c,a,b){return{${entries.join(',')}}}}`
}

/** A computed `__proto__` is a name like any other; as a plain one it would set the prototype. */
function nameLiteral(key: string): string {
  const literal = stringLiteral(decodeLossy(key))
  return key === '__proto__' ? `[${literal}]` : literal
}
