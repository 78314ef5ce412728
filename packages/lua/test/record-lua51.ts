import { writeFileSync } from 'node:fs'
import { randomProgram } from './generate-programs.ts'
import { readSnippets, runThere } from './lua51.ts'

/** Writes cases/lua51.json: what Debian's lua5.1 prints for every snippet and 100 generated programs. */
export function recordCases(): void {
  const snippets = readSnippets()
  for (let seed = 1; seed <= 100; seed++) {
    snippets.push({ title: `generated ${seed}`, source: randomProgram(seed) })
  }
  const outputs = runThere(snippets.map(({ source }) => source))
  if (outputs === undefined) throw new Error('lua5.1 is not installed')
  const cases = snippets.map(({ title, source }, i) => ({ title, source, output: outputs[i] }))
  writeFileSync(new URL('cases/lua51.json', import.meta.url), `${JSON.stringify(cases, null, 1)}\n`)
}
