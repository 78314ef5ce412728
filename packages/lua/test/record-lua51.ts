// Writes cases/lua51.json: what Debian's lua5.1 prints for every snippet and a set of generated
// programs. Run by hand after adding snippets:
//   node --conditions=@postern/source packages/lua/test/record-lua51.ts
import { writeFileSync } from 'node:fs'
import { readSnippets, runThere } from './lua51.ts'
import { randomProgram } from './generate-programs.ts'

const snippets = readSnippets()
for (let seed = 1; seed <= 100; seed++) {
  snippets.push({ title: `generated ${seed}`, source: randomProgram(seed) })
}
const outputs = runThere(snippets.map(({ source }) => source))
if (outputs === undefined) throw new Error('lua5.1 is not installed')
const cases = snippets.map(({ title, source }, i) => ({ title, source, output: outputs[i] }))
writeFileSync(new URL('cases/lua51.json', import.meta.url), `${JSON.stringify(cases, null, 1)}\n`)
