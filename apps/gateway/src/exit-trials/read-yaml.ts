import { type Document, isNode, LineCounter, parseDocument } from 'yaml'
import { readSource } from '../cli/read-source.ts'
import { ConfigError } from '../config/config-error.ts'
import { type Problem, problemAt } from '../config/problem.ts'
import { trialErrors } from './errors.ts'

/** A file of YAML, which JSON is as well. */
export interface YamlFile {
  readonly value: unknown
  /** A problem at the place of a part, given by its keys; of the nearest part around it that exists. */
  problemAt(keys: readonly (string | number)[], message: string): Problem
}

/**
 * Reads a file of YAML. Aliases are followed a hundred times at most.
 *
 * @throws POSTERN_CONFIG_INVALID with the place of each error
 */
export function readYaml(path: string): YamlFile {
  const text = readSource(path)
  if (typeof text !== 'string') throw new ConfigError([text])
  const lines = text.split(/\r?\n/)
  const counter = new LineCounter()
  const document = parseDocument(text, { lineCounter: counter, prettyErrors: false })
  const at = (offset: number, message: string, isSyntax: boolean): Problem => {
    const { line, col } = counter.linePos(offset)
    const error = isSyntax ? trialErrors.SYNTAX(message) : trialErrors.INVALID('', message)
    const place = { origin: path, line, column: col }
    return problemAt(place, error, { sourceLine: lines[line - 1] })
  }
  if (document.errors.length > 0) {
    throw new ConfigError(document.errors.map(({ pos, message }) => at(pos[0], message, true)))
  }
  try {
    const value: unknown = document.toJS()
    return {
      value,
      problemAt: (keys, message) => at(offsetOf(document, keys), message, false),
    }
  } catch (error) {
    // An alias that is not there, or too many of them.
    throw new ConfigError([at(0, (error as Error).message, true)])
  }
}

function offsetOf(document: Document, keys: readonly (string | number)[]): number {
  for (let length = keys.length; length > 0; length--) {
    const node: unknown = document.getIn(keys.slice(0, length), true)
    const start = isNode(node) ? node.range?.[0] : undefined
    if (start !== undefined) return start
  }
  return document.contents?.range?.[0] ?? 0
}
