// Runs the examples of all READMEs from source, and compares what they print with what is shown.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { examplesOf, runExample, twoAtATime } from './readme-examples.mjs'
import { conclude, ROOT, workspaces } from './workspaces.mjs'

const folders = ['.', ...workspaces().map(({ path }) => path)]
const examples = folders
  .filter((folder) => existsSync(join(ROOT, folder, 'README.md')))
  .flatMap((folder) => examplesOf(join(folder, 'README.md')).map((one) => ({ ...one, folder })))

const skipped = examples.filter(({ notRun }) => notRun !== undefined)
for (const { place, notRun } of skipped) console.log(`  ${place} is not run: ${notRun}`)

const runnable = examples.filter(({ notRun }) => notRun === undefined)
const outcomes = await twoAtATime(runnable, (example) =>
  runExample(example, {
    cwd: join(ROOT, example.folder),
    nodeArgs: ['--conditions=@postern/source'],
  }),
)
const problems = outcomes.flatMap((problem, index) =>
  problem === undefined ? [] : [`${runnable[index].place} ${problem}`],
)
conclude('readmes', problems, `${runnable.length} examples run, ${skipped.length} not run`)
