import { refuse } from './refusal.ts'

/** One step from a record or list to what is in it. */
export type Step =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'index'; readonly index: number }
  | { readonly kind: 'append' }

/** Deeper than any schema, and shallow enough for everything that walks the result. */
const MAX_STEPS = 50

/**
 * Takes the name of a form field apart: `config.key_names[1]`, `tags[]`, `headers[x-loc][]`. A
 * bracket that is not closed is part of the name. Takes time in proportion to the length.
 *
 * @throws Refusal 400 beyond 50 steps
 */
export function parseName(name: string): Step[] {
  const steps: Step[] = []
  // Behind the last closing bracket an opening one is a letter like others.
  const lastClosing = name.lastIndexOf(']')
  for (let from = 0; from < name.length; ) {
    if (steps.length === MAX_STEPS) throw refuse(400, 'a field name is nested too deeply')
    const isBracket = name[from] === '[' && from < lastClosing
    const end = isBracket ? name.indexOf(']', from) : fieldEnd(name, from, lastClosing)
    if (isBracket) steps.push(bracketStep(name.slice(from + 1, end)))
    else steps.push({ kind: 'field', name: name.slice(from, end) })
    from = isBracket ? end + 1 : end
    if (name[from] === '.') from += 1
  }
  return steps
}

function fieldEnd(name: string, from: number, lastClosing: number): number {
  let end = from
  while (end < name.length && name[end] !== '.' && !(name[end] === '[' && end < lastClosing)) {
    end += 1
  }
  return end
}

function bracketStep(inner: string): Step {
  if (inner === '') return { kind: 'append' }
  if (/^\d{1,9}$/.test(inner)) return { kind: 'index', index: Number(inner) }
  return { kind: 'field', name: inner }
}
