import type { AnyNode } from 'acorn'
import type MagicString from 'magic-string'
import type { ParsedFunction } from './parse-function.ts'
import { refuseAt } from './source-problem.ts'
import { walkNodes } from './walk-nodes.ts'

/**
 * Spells differently what SES would take for a dynamic import, a direct eval or an HTML-like
 * comment inside a string, a template or a regular expression.
 *
 * SES searches the source text without parsing it, so `'<!-- sorry -->'` in an error page would
 * be refused. The same texts outside literals are refused here, with their place.
 *
 * @see endojs/endo, packages/ses/src/transforms.js
 */
export function escapeLookalikes(edited: MagicString, parsed: ParsedFunction): void {
  const escapable = escapableRanges(parsed.root.node)
  const text = withoutComments(parsed)
  for (const { pattern, escape, message } of LOOKALIKES) {
    for (const found of text.matchAll(pattern)) {
      const at = found.index + found[0].indexOf(escape.of) + escape.offset
      if (!isInside(escapable, at)) refuseAt(parsed.text, found.index, message)
      edited.overwrite(at, at + 1, escape.by)
    }
  }
}

interface Lookalike {
  readonly pattern: RegExp
  /** The character at `offset` in `of` is written as `by`. */
  readonly escape: { readonly of: string; readonly offset: number; readonly by: string }
  readonly message: string
}

// Never the first character of a word: a backslash may stand before it.
const LOOKALIKES: readonly Lookalike[] = [
  {
    pattern: /<!--/g,
    escape: { of: '<!--', offset: 1, by: '\\x21' },
    message: 'HTML-like comments are refused',
  },
  {
    pattern: /-->/g,
    escape: { of: '-->', offset: 2, by: '\\x3e' },
    message: 'HTML-like comments are refused: write `-- >`',
  },
  {
    pattern: /(?:^|[^.]|\.\.\.)\bimport\s*(?:\(|\/[/*])/g,
    escape: { of: 'import', offset: 1, by: '\\x6d' },
    message: 'a name `import` before a parenthesis is refused',
  },
  {
    pattern: /(?:^|[^.])\beval\s*\(/g,
    escape: { of: 'eval', offset: 1, by: '\\x76' },
    message: 'a name `eval` before a parenthesis is refused',
  },
]

function withoutComments({ text, comments }: ParsedFunction): string {
  let blanked = text
  for (const { start, end } of comments) {
    blanked = blanked.slice(0, start) + ' '.repeat(end - start) + blanked.slice(end)
  }
  return blanked
}

type Range = readonly [start: number, end: number]

/** Literals whose escapes mean what they spell; a tagged template would see the spelling. */
function escapableRanges(root: AnyNode): Range[] {
  const ranges: Range[] = []
  const tagged = new Set<AnyNode>()
  walkNodes(root, (node) => {
    if (node.type === 'TaggedTemplateExpression') tagged.add(node.quasi)
    if (node.type === 'Literal') ranges.push([node.start, node.end])
    if (node.type !== 'TemplateLiteral' || tagged.has(node)) return
    for (const quasi of node.quasis) ranges.push([quasi.start, quasi.end])
  })
  return ranges
}

function isInside(ranges: readonly Range[], at: number): boolean {
  return ranges.some(([start, end]) => start <= at && at < end)
}
