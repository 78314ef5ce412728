/**
 * Makes the function that does what a replacement text does: `$$`, `$&`, `` $` ``, `$'`, `$1`, `$<name>`.
 *
 * As a text, `'x'.repeat(1e5).replace(/x/g, "$`")` would be 5e9 characters before anything of it
 * could be charged.
 *
 * @see GetSubstitution in ECMA-262
 */
export function expandReplacement(
  template: string,
  add: (steps: number) => void,
): (...found: unknown[]) => string {
  if (!template.includes('$')) {
    return () => {
      add(1 + template.length)
      return template
    }
  }
  return (...found) => {
    const text = expand(template, matchOf(found))
    add(1 + text.length)
    return text
  }
}

interface Match {
  readonly matched: string
  readonly captures: readonly unknown[]
  readonly at: number
  readonly subject: string
  readonly groups: Readonly<Record<string, unknown>> | undefined
}

function matchOf(found: unknown[]): Match {
  const last = found.length - 1
  const hasGroups = typeof found[last] === 'object'
  const subjectAt = hasGroups ? last - 1 : last
  return {
    matched: found[0] as string,
    captures: found.slice(1, subjectAt - 1),
    at: found[subjectAt - 1] as number,
    subject: found[subjectAt] as string,
    groups: hasGroups ? (found[last] as Readonly<Record<string, unknown>>) : undefined,
  }
}

function expand(template: string, match: Match): string {
  let text = ''
  let from = 0
  for (let at = template.indexOf('$'); at >= 0; at = template.indexOf('$', from)) {
    const [piece, length] = pieceAt(template, at, match)
    text += template.slice(from, at) + piece
    from = at + length
  }
  return text + template.slice(from)
}

/** What stands for the reference at a `$`, and how long the reference is. */
function pieceAt(template: string, at: number, match: Match): readonly [string, number] {
  const { matched, subject } = match
  const next = template[at + 1] ?? ''
  switch (next) {
    case '$':
      return ['$', 2]
    case '&':
      return [matched, 2]
    case '`':
      return [subject.slice(0, match.at), 2]
    case "'":
      return [subject.slice(match.at + matched.length), 2]
    case '<':
      return groupAt(template, at, match)
    default:
      return captureAt(template, at, match)
  }
}

function captureAt(template: string, at: number, { captures }: Match): readonly [string, number] {
  for (const digits of [2, 1]) {
    const text = template.slice(at + 1, at + 1 + digits)
    const index = isDigits(text, digits) ? Number(text) : 0
    if (index >= 1 && index <= captures.length) return [textOf(captures[index - 1]), 1 + digits]
  }
  return ['$', 1]
}

function isDigits(text: string, count: number): boolean {
  if (text.length !== count) return false
  for (let i = 0; i < count; i++) {
    const code = text.charCodeAt(i)
    if (code < DIGIT_0 || code > DIGIT_9) return false
  }
  return true
}

const DIGIT_0 = 48
const DIGIT_9 = 57

function groupAt(template: string, at: number, { groups }: Match): readonly [string, number] {
  const end = template.indexOf('>', at)
  if (groups === undefined || end < 0) return ['$', 1]
  return [textOf(groups[template.slice(at + 2, end)]), end + 1 - at]
}

function textOf(capture: unknown): string {
  return capture === undefined ? '' : `${capture as string}`
}
