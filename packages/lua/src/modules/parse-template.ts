import { allocateString, scan } from '../runtime/budget.ts'

/** Where a tag ends, and the Lua it stands for. */
interface Tag {
  readonly code: string
  readonly end: number
  /** Takes the spaces before it on its line, and the newline after it. */
  readonly isBlock: boolean
}

/**
 * The Lua source a template stands for. It puts its pieces into a list and answers them joined.
 *
 * `{{ e }}` is escaped, `{* e *}` is not, `{% … %}` is Lua, `{# … #}` nothing, `{( … )}` and
 * `{[ e ]}` include, `{-name-}…{-name-}` is a block, `{-raw-}` and `{-verbatim-}` are text.
 */
export function parseTemplate(view: string): string {
  scan(view.length * 8)
  let code = HEAD
  let from = 0
  for (let at = view.indexOf('{'); at >= 0; at = view.indexOf('{', at)) {
    const tag = readTag(view, at)
    if (tag === undefined) {
      at++
    } else if (view[at - 1] === '\\') {
      code += textCode(view.slice(from, at - 1))
      from = at
      at = tag.end
    } else {
      code += textCode(view.slice(from, tag.isBlock ? lineStart(view, from, at) : at)) + tag.code
      at = tag.isBlock && view[tag.end] === '\n' ? tag.end + 1 : tag.end
      from = at
    }
  }
  return `${code}${textCode(view.slice(from))}${TAIL}`
}

const HEAD =
  'context, blocks, include = ... local ___ = {} ' +
  'local function echo(...) for i = 1, select("#", ...) do ' +
  '___[#___ + 1] = template.output((select(i, ...))) end end '
const TAIL =
  '\nlocal ____ = table.concat(___) ' +
  'if layout then return include(layout, context, blocks, ____) end return ____'

const CLOSING: Readonly<Record<string, string>> = {
  '{': '}}',
  '*': '*}',
  '%': '%}',
  '#': '#}',
  '(': ')}',
  '[': ']}',
  '-': '-}',
}

function readTag(view: string, at: number): Tag | undefined {
  const kind = view.charAt(at + 1)
  const closing = CLOSING[kind]
  if (closing === undefined) return undefined
  const end = view.indexOf(closing, at + 2)
  if (end < 0) return undefined
  const inner = view.slice(at + 2, end)
  const after = end + closing.length
  switch (kind) {
    case '{':
      return { code: `___[#___ + 1] = template.escape(${inner}\n) `, end: after, isBlock: false }
    case '*':
      return { code: `___[#___ + 1] = template.output(${inner}\n) `, end: after, isBlock: false }
    case '%':
      return { code: `${inner}\n`, end: after, isBlock: true }
    case '#':
      return { code: '', end: after, isBlock: true }
    case '(':
      return { code: includeCode(inner), end: after, isBlock: false }
    case '[':
      return { code: `___[#___ + 1] = include(${inner}\n) `, end: after, isBlock: false }
    default:
      return blockTag(view, inner, after)
  }
}

/** `{(name)}`, or `{(name, context)}`. */
function includeCode(inner: string): string {
  const comma = inner.indexOf(',')
  const name = (comma < 0 ? inner : inner.slice(0, comma)).trim().replace(/^(["'])(.*)\1$/, '$2')
  const context = comma < 0 ? '' : `, ${inner.slice(comma + 1)}`
  return `___[#___ + 1] = include(${literal(name)}${context}\n) `
}

function blockTag(view: string, name: string, start: number): Tag | undefined {
  const mark = `{-${name}-}`
  const end = view.indexOf(mark, start)
  if (!/^\w+$/.test(name) || end < 0) return undefined
  const content = view.slice(view[start] === '\n' ? start + 1 : start, end)
  const isText = name === 'raw' || name === 'verbatim'
  const code = isText
    ? `___[#___ + 1] = ${literal(content)} `
    : `blocks[${literal(name)}] = include(${literal(content)}) `
  return { code, end: end + mark.length, isBlock: true }
}

/** Where the spaces before a block tag begin, if nothing else stands on its line. */
function lineStart(view: string, from: number, at: number): number {
  let start = at
  while (start > from && (view[start - 1] === ' ' || view[start - 1] === '\t')) start--
  return start === from || view[start - 1] === '\n' ? start : at
}

function textCode(text: string): string {
  return text === '' ? '' : `___[#___ + 1] = ${literal(text)} `
}

/** A Lua string in quotes. Newlines stay newlines of the source, so that line numbers hold. */
function literal(text: string): string {
  allocateString(text.length * 2)
  const escaped = text.replace(/["\\\r\n\0]/g, (character) => {
    return character === '\n' ? '\\\n' : `\\${String(character.charCodeAt(0)).padStart(3, '0')}`
  })
  return `"${escaped}"`
}
