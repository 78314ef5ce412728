import type { DocumentKeys } from '@postern/entities'
import {
  type Document,
  isMap,
  isNode,
  isScalar,
  LineCounter,
  type Pair,
  parseDocument,
  type Scalar,
  visit,
} from 'yaml'
import { ConfigError } from '../config/config-error.ts'
import { type Place, problemAt } from '../config/problem.ts'
import { declarativeErrors } from './errors.ts'

/** A document as data, and where each part of it stands. */
export interface YamlDocument {
  readonly value: unknown
  /** The place of a part; of the nearest part around it where there is none. */
  placeOf(keys: DocumentKeys, which: 'key' | 'value'): Place & { readonly sourceLine: string }
}

/** How often aliases (`*name`) may be followed: a hundred Routes may share a block, a bomb may not grow. */
const MAX_ALIASES = 10_000
/** Parts of a document with all aliases followed. A file of 10 MiB has about a million. */
const MAX_PARTS = 2_000_000
/** More are not told: a file of another kind has one in each line. */
const MAX_ERRORS = 20

/**
 * Parses YAML, and JSON as a part of it.
 *
 * YAML 1.1, as Kong's parser has it (`yes` and `no` are booleans, `<<` merges), but names are texts, and without its types of
 * time and bytes: those have no place in a configuration, and a tag `2024-01-01` is a text. A name
 * that stands twice in one place is an error, where Kong takes the last.
 *
 * @throws POSTERN_CONFIG_INVALID with the place of each error
 */
export function parseYaml(text: string, origin: string): YamlDocument {
  const counter = new LineCounter()
  const lines = text.split(/\r?\n/)
  const document = parseDocument(text, {
    version: '1.1',
    customTags: (tags) => tags.filter((tag) => typeof tag === 'string' || !LEFT_OUT.test(tag.tag)),
    uniqueKeys: isSameName,
    lineCounter: counter,
    prettyErrors: false,
    logLevel: 'error',
  })
  const at = (offset: number): Place & { readonly sourceLine: string } => {
    const { line, col } = counter.linePos(offset)
    return { origin, line, column: col, sourceLine: lines[line - 1] ?? '' }
  }
  const refuse = (offset: number, reason: string) => {
    const place = at(offset)
    return problemAt(place, declarativeErrors.SYNTAX(reason), { sourceLine: place.sourceLine })
  }
  const broken = [...document.errors, ...document.warnings].slice(0, MAX_ERRORS)
  if (broken.some(({ code }) => code === 'RESOURCE_EXHAUSTION')) {
    throw new ConfigError([refuse(broken[0]?.pos[0] ?? 0, 'it is nested too deeply')])
  }
  if (broken.length > 0) {
    throw new ConfigError(broken.map(({ pos, message }) => refuse(pos[0], message)))
  }
  keepNames(document)
  const value = valueOf(document, (reason) => new ConfigError([refuse(0, reason)]))
  if (hasTooManyParts(value)) {
    const error = declarativeErrors.TOO_LARGE(`more than ${MAX_PARTS} parts with aliases followed`)
    throw new ConfigError([problemAt({ origin, line: 1, column: 1 }, error)])
  }
  return { value, placeOf: (keys, which) => at(offsetOf(document, keys, which)) }
}

const LEFT_OUT = /:(?:timestamp|binary|omap|pairs|set)$/

/** Compared as they are written: `on` and `yes` are not the same name. Merges may repeat. */
function isSameName(a: unknown, b: unknown): boolean {
  if (!isScalar(a) || !isScalar(b)) return false
  return nameOf(a) === nameOf(b) && nameOf(a) !== '<<'
}

function nameOf({ source, value }: Scalar): string {
  return source ?? String(value)
}

/** A field may be called `on`, `y` or `1`: names are texts, whatever they would be as values. */
function keepNames(document: Document): void {
  visit(document, {
    Pair(_key, { key }) {
      if (isScalar(key) && key.source !== undefined && NO_NAMES.has(typeof key.value)) {
        key.value = key.source
      }
    },
  })
}

const NO_NAMES: ReadonlySet<string> = new Set(['boolean', 'number', 'bigint'])

/** An alias may name nothing, or be followed too often. */
function valueOf(document: Document, refusal: (reason: string) => Error): unknown {
  try {
    return document.toJS({ maxAliasCount: MAX_ALIASES }) as unknown
  } catch (error) {
    throw refusal(error instanceof RangeError ? 'it is nested too deeply' : String(error))
  }
}

/** Counts each part as often as it is reached, so that one which contains itself is too large. */
function hasTooManyParts(value: unknown): boolean {
  const open: unknown[] = [value]
  let parts = 0
  while (open.length > 0) {
    const one = open.pop()
    if (typeof one !== 'object' || one === null) continue
    const inner: readonly unknown[] = Object.values(one)
    parts += inner.length
    if (parts > MAX_PARTS) return true
    for (const part of inner) if (typeof part === 'object') open.push(part)
  }
  return false
}

function offsetOf(document: Document, keys: DocumentKeys, which: 'key' | 'value'): number {
  for (let length = keys.length; length > 0; length--) {
    const path = keys.slice(0, length)
    const node: unknown = document.getIn(path, true)
    const isWhole = length === keys.length
    const start = isWhole && which === 'key' ? keyOffset(document, path) : undefined
    const offset = start ?? (isNode(node) ? node.range?.[0] : undefined)
    // An empty value stands behind its name, where there may be nothing to see.
    if (offset !== undefined && !isEmptyScalar(node)) return offset
    const ofKey = keyOffset(document, path)
    if (ofKey !== undefined) return ofKey
  }
  return document.contents?.range?.[0] ?? 0
}

function isEmptyScalar(node: unknown): boolean {
  return isScalar(node) && node.source === ''
}

function keyOffset(document: Document, keys: DocumentKeys): number | undefined {
  const parent: unknown = keys.length === 1 ? document.contents : document.getIn(keys.slice(0, -1))
  if (!isMap(parent)) return undefined
  const name = String(keys.at(-1))
  const pair: Pair | undefined = parent.items.find(
    ({ key }) => isScalar(key) && String(key.value) === name,
  )
  return isNode(pair?.key) ? pair.key.range?.[0] : undefined
}
