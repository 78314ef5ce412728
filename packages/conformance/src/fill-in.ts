import { type Json, textOf } from './http-case.ts'

/** Values by name: what earlier steps saved. Undefined when the path led nowhere. */
export type Saved = ReadonlyMap<string, Json | undefined>

/**
 * Replaces `{{name}}` in all strings, names of fields included.
 *
 * A string that is nothing but `{{name}}` becomes the saved value with its type. A name that nobody
 * saved stays as it is.
 */
export function fillIn<T>(value: T, saved: Saved): T {
  // The shape stays what it was; only strings change, to what the author of the case put there.
  return fill(value as Json, saved) as T
}

function fill(value: Json | undefined, saved: Saved): Json | undefined {
  if (typeof value === 'string') return fillText(value, saved)
  if (Array.isArray(value)) return value.map((item: Json) => fill(item, saved) as Json)
  if (typeof value !== 'object' || value === null) return value
  const entries = Object.entries(value).map(([name, inner]) => [
    textOf(fillText(name, saved)),
    fill(inner, saved),
  ])
  return Object.fromEntries(entries) as Json
}

function fillText(text: string, saved: Saved): Json | undefined {
  const whole = /^\{\{(\w+)\}\}$/.exec(text)?.[1]
  if (whole !== undefined && saved.has(whole)) return saved.get(whole)
  return text.replace(/\{\{(\w+)\}\}/g, (placeholder, name: string) =>
    saved.has(name) ? textOf(saved.get(name)) : placeholder,
  )
}
