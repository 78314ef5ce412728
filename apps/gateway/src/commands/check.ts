import { formatProblem } from '../cli/format-problem.ts'
import { checkFiles, exitCodeOf, resultAsJson } from '../cli/check-files.ts'
import { functionChecks } from '../functions/function-checks.ts'

/** `postern check`: tells what is wrong in files, and runs nothing of them. */
export function check(files: readonly string[], options: { json?: boolean }): void {
  const paths = files.length === 0 ? ['postern.conf'] : files
  const checked = checkFiles(paths, { functions: functionChecks() })
  if (options.json === true) console.log(resultAsJson(checked))
  else {
    for (const { path, problems } of checked) {
      if (problems.length === 0) console.log(`${path}: fine`)
      for (const problem of problems) process.stderr.write(`${formatProblem(problem)}\n`)
    }
  }
  process.exitCode = exitCodeOf(checked)
}
