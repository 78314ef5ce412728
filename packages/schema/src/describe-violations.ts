import type { Violation } from './field.ts'
import { isObject } from './plain-object.ts'
import type { Violations } from './violations.ts'

/**
 * Writes violations as Kong does: `schema violation (host: required field missing)`.
 *
 * What concerns the whole comes first, then the fields in alphabetical order, nested ones as
 * `field.sub`, elements of lists as `field.2`, counted from 1. Anything deeper is written as a Lua
 * table, and meant for people: programs read the tree.
 */
export function describeViolations(violations: Violations): string {
  const lines = linesOf(violations)
  const subject = lines.length === 1 ? 'schema violation' : `${lines.length} schema violations`
  return `${subject} (${lines.join('; ')})`
}

function linesOf(violations: Violations): string[] {
  const fields = Object.entries(violations).filter(([name]) => name !== '@entity')
  const about = violations['@entity']
  const whole =
    about === undefined ? [] : Array.isArray(about) ? about.map(textOf) : [textOf(about)]
  return [...whole, ...fields.sort(byName).flatMap(([name, inner]) => linesOfField(name, inner))]
}

function linesOfField(name: string, violation: Violation): string[] {
  if (typeof violation === 'string') return [`${name}: ${violation}`]
  return partsOf(violation).map(([part, inner]) => `${name}.${part}: ${textOf(inner)}`)
}

function textOf(violation: Violation): string {
  return typeof violation === 'string' ? violation : luaTable(violation, '')
}

/** Elements that are fine have nothing to tell; the others are known by their place, from 1. */
function partsOf(violation: Exclude<Violation, string>): [string, Violation][] {
  if (isObject(violation)) return Object.entries(violation).sort(byName)
  return [...violation.entries()].flatMap(([index, inner]) =>
    inner === null ? [] : [[String(index + 1), inner] as [string, Violation]],
  )
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function luaTable(violation: Exclude<Violation, string>, indent: string): string {
  const inner = `${indent}  `
  const hasHoles = Array.isArray(violation) && violation.includes(null)
  const items = partsOf(violation).map(([part, value]) => {
    const text = typeof value === 'string' ? JSON.stringify(value) : luaTable(value, inner)
    if (!Array.isArray(violation)) return `${inner}${luaKey(part)} = ${text}`
    return hasHoles ? `${inner}[${part}] = ${text}` : `${inner}${text}`
  })
  return `{\n${items.join(',\n')}\n${indent}}`
}

function luaKey(name: string): string {
  return /^[A-Za-z_]\w*$/.test(name) ? name : `[${JSON.stringify(name)}]`
}
