// Lua 5.1 as the judge: what the same source prints there and here.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { createLua } from '../src/index.ts'

export interface Snippet {
  readonly title: string
  readonly source: string
}

const here = (name: string): URL => new URL(name, import.meta.url)

/** Every line of expressions.txt, printed, and every section of programs.txt. */
export function readSnippets(): Snippet[] {
  const expressions = readFileSync(here('snippets/expressions.txt'), 'utf8').trimEnd().split('\n')
  const programs = readFileSync(here('snippets/programs.txt'), 'utf8').split(/^--- /m).slice(1)
  return [
    ...expressions.map((line) => ({ title: line, source: asStatement(line) })),
    ...programs.map((text) => {
      const end = text.indexOf('\n')
      return { title: text.slice(0, end), source: text.slice(end + 1) }
    }),
  ]
}

/** On one line, so that line numbers stay; all values of a `pcall` or `loadstring` count. */
const PRELUDE =
  'local function P(...) local o = {} for i = 1, select("#", ...) do ' +
  'o[i] = tostring((select(i, ...))) end return table.concat(o, " ") end '

function asStatement(line: string): string {
  return `${PRELUDE}print(${closeEach(line)})`
}

/** Wraps every outermost call of pcall and loadstring in `P(…)`. */
function closeEach(line: string): string {
  let out = ''
  for (let at = 0; at < line.length; ) {
    const found = /^(?:x?pcall|loadstring)\(/.exec(line.slice(at))
    if (found === null || /\w/.test(line[at - 1] ?? '')) {
      out += line[at++]
      continue
    }
    const end = closing(line, at + found[0].length)
    out += `P(${line.slice(at, end)})`
    at = end
  }
  return out
}

/** Where the parenthesis closes that is open at `from`; parentheses in strings do not count. */
function closing(line: string, from: number): number {
  let depth = 1
  let quote = ''
  let at = from
  for (; at < line.length && depth > 0; at++) {
    const character = line[at] as string
    if (quote !== '') {
      if (character === '\\') at++
      else if (character === quote) quote = ''
    } else if (character === '"' || character === "'") quote = character
    else if (character === '(') depth++
    else if (character === ')') depth--
  }
  return at
}

const RUNNER = `
  local source = ...
  local function show(ok, ...)
    local out = {}
    for i = 1, select("#", ...) do out[i] = tostring((select(i, ...))) end
    return (ok and "return " or "error ") .. table.concat(out, "\\t")
  end
  local chunk, problem = loadstring(source, "=chunk")
  if not chunk then return "syntax " .. problem end
  return show(pcall(chunk))`

/** Runs a snippet with this package; answers what it printed and how it ended. */
export function runHere(source: string): string {
  let printed = ''
  const lua = createLua({
    mode: 'on',
    fuel: 100_000_000,
    memory: 512 * 1024 * 1024,
    print: (text) => {
      printed += text
    },
  })
  const [end] = lua.compile(RUNNER, 'runner').call(source)
  return neutral(printed + String(end))
}

/** Runs snippets with Debian's lua5.1, or answers nothing when it is not installed. */
export function runThere(sources: readonly string[]): string[] | undefined {
  const input = Buffer.concat(
    sources.map((source) => {
      const bytes = Buffer.from(source)
      return Buffer.concat([Buffer.from(`${bytes.length}\n`), bytes])
    }),
  )
  const { status, stdout } = spawnSync('lua5.1', [here('lua51.lua').pathname], {
    input,
    maxBuffer: 64 * 1024 * 1024,
  })
  return status === 0 ? split(stdout) : undefined
}

function split(output: Buffer): string[] {
  const answers: string[] = []
  for (let at = 0; at < output.length; ) {
    const newline = output.indexOf('\n', at)
    const length = Number(output.toString('latin1', at, newline))
    answers.push(neutral(output.toString('utf8', newline + 1, newline + 1 + length)))
    at = newline + 1 + length
  }
  return answers
}

/**
 * Addresses and the sign of a NaN are nobody's promise. Lua 5.1 does not know the name of a
 * function that `pcall` called, and this package does.
 */
function neutral(text: string): string {
  return text
    .replace(/\b(table|function|thread|userdata): (builtin: )?0x[0-9a-f]+/g, '$1: 0x')
    .replace(/-nan/gi, (found) => found.slice(1))
    .replace(/(bad argument #\d+ to )'[^']*'/g, "$1'?'")
}
