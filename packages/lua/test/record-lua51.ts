import { writeFileSync } from 'node:fs'
import { readSnippets, runThere } from './lua51.ts'
import { families } from './program-families.ts'

/** Seeds from 1 of each family whose output is kept. */
const KEPT_SEEDS = 80

/**
 * Writes cases/lua51.json, what Debian's lua5.1 prints for every snippet, and
 * cases/lua51-generated.json, what it prints for 80 programs of each family.
 */
export function recordCases(): void {
  const snippets = readSnippets()
  const outputs = printed(snippets.map(({ source }) => source))
  const cases = snippets.map(({ title, source }, i) => ({ title, source, output: outputs[i] }))
  write('cases/lua51.json', cases)
  const generated = Object.entries(families).map(([family, program]) => {
    const sources = Array.from({ length: KEPT_SEEDS }, (_, i) => program(i + 1))
    return { family, outputs: printed(sources) }
  })
  write('cases/lua51-generated.json', generated)
}

function printed(sources: readonly string[]): string[] {
  const outputs = runThere(sources)
  if (outputs === undefined) throw new Error('lua5.1 is not installed')
  return outputs
}

function write(name: string, cases: unknown): void {
  writeFileSync(new URL(name, import.meta.url), `${JSON.stringify(cases, null, 1)}\n`)
}
