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
  const text = withoutComments(parsed)
  if (!LOOKALIKES.some(({ pattern }) => text.search(pattern) >= 0)) return
  const escapable = escapableRanges(parsed.root.node)
  for (const { pattern, escape, message } of LOOKALIKES) {
    for (const found of text.matchAll(pattern)) {
      const at = found.index + found[0].indexOf(escape.of) + escape.offset
      if (escapable[at] !== 1) refuseAt(parsed.text, found.index, message)
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

function withoutComments({ text, comments, root }: ParsedFunction): string {
  const pieces: string[] = []
  let from = 0
  for (const { start, end } of comments) {
    pieces.push(text.slice(from, start), ' '.repeat(end - start))
    from = end
  }
  // Code ends with the root: after an expression only comments follow, which are left out.
  return pieces.join('') + text.slice(from, root.node.end)
}

/** One byte for each character: whether it stands in a literal whose escapes mean what they spell. */
function escapableRanges(root: AnyNode): Uint8Array {
  const escapable = new Uint8Array(root.end)
  // A tagged template would see the spelling.
  const tagged = new Set<AnyNode>()
  walkNodes(root, (node) => {
    if (node.type === 'TaggedTemplateExpression') tagged.add(node.quasi)
    if (node.type === 'Literal') escapable.fill(1, node.start, node.end)
    if (node.type !== 'TemplateLiteral' || tagged.has(node)) return
    for (const quasi of node.quasis) escapable.fill(1, quasi.start, quasi.end)
  })
  return escapable
}
