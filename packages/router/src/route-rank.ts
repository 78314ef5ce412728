/** What decides which of several matching Routes wins. */
export interface RankFacts {
  readonly id: string
  /** How many of methods, hosts, headers, snis and paths the Route has. */
  readonly kinds: number
  /** Whether it has hosts, and none of them with a wildcard. */
  readonly plainHosts: boolean
  readonly headerNames: number
  readonly isRegex: boolean
  /** 0 unless `isRegex`. */
  readonly regexPriority: number
  /** In bytes; 0 for expressions. */
  readonly prefixLength: number
}

/**
 * Orders Routes as Kong documents it, the one that wins first.
 *
 * @see Kong/kong: kong/router/transform.lua, the layout above `get_priority`
 */
export function compareStrict(a: RankFacts, b: RankFacts): number {
  return (
    b.kinds - a.kinds ||
    Number(b.plainHosts) - Number(a.plainHosts) ||
    headerCount(b) - headerCount(a) ||
    Number(b.isRegex) - Number(a.isRegex) ||
    b.regexPriority - a.regexPriority ||
    b.prefixLength - a.prefixLength ||
    compareIds(a, b)
  )
}

/** Orders Routes by the priority that open-source Kong 3.x computes. */
export function compareOriginal(a: RankFacts, b: RankFacts): number {
  const [first, second] = [originalPriority(a), originalPriority(b)]
  if (first === second) return compareIds(a, b)
  return first > second ? -1 : 1
}

/**
 * Kong shifts Lua numbers here, which LuaJIT does modulo 32 on signed 32-bit integers, as
 * JavaScript does. A negative result becomes 2^63 when it meets a 64-bit operand.
 */
export function originalPriority(facts: RankFacts): bigint {
  const kinds = facts.kinds << 61
  const headers = headerCount(facts) << 52
  const regex = facts.regexPriority << 19
  const length = facts.prefixLength & 0x7ffff
  if (!facts.plainHosts && !facts.isRegex) return unsigned(kinds | headers | regex | length)
  const wide = (facts.plainHosts ? 1n << 60n : 0n) | (facts.isRegex ? 1n << 51n : 0n)
  return wide | unsigned(kinds) | unsigned(headers) | unsigned(regex) | unsigned(length)
}

function unsigned(int32: number): bigint {
  return int32 < 0 ? 1n << 63n : BigInt(int32)
}

function headerCount(facts: RankFacts): number {
  return Math.min(facts.headerNames, 255)
}

function compareIds(a: RankFacts, b: RankFacts): number {
  return a.id === b.id ? 0 : a.id > b.id ? -1 : 1
}
