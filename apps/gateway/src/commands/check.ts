import { formatProblem } from '../cli/format-problem.ts'
import { checkFiles, exitCodeOf, resultAsJson } from '../cli/check-files.ts'
import { checkDeclarativeFile } from '../declarative/check-declarative-file.ts'
import { loadConfig } from '../config/load-config.ts'
import type { GatewayConfig } from '../config/gateway-config.ts'
import { functionChecks } from '../functions/function-checks.ts'
import { moduleProblems } from '../functions/javascript-modules.ts'
import { failWith } from './fail-with.ts'

/** What `postern check` can be told. */
export interface CheckOptions {
  readonly conf?: string
  readonly json?: boolean
}

/** `postern check`: tells what is wrong in files, and runs nothing of them. */
export async function check(files: readonly string[], options: CheckOptions): Promise<void> {
  try {
    const paths = files.length === 0 ? ['postern.conf'] : files
    const checked = await checkFiles(paths, {
      functions: functionChecks(settingsOf(options)),
      settings: moduleProblems,
      declarative: (path) => checkDeclarativeFile(path, options),
    })
    if (options.json === true) console.log(resultAsJson(checked))
    else {
      for (const { path, problems } of checked) {
        if (problems.length === 0) console.log(`${path}: fine`)
        for (const problem of problems) process.stderr.write(`${formatProblem(problem)}\n`)
      }
    }
    process.exitCode = exitCodeOf(checked)
  } catch (error) {
    failWith(error)
  }
}

/** The settings that functions are checked by, read when the first one needs them. */
function settingsOf({ conf }: CheckOptions): () => GatewayConfig {
  let config: GatewayConfig | undefined
  return () => (config ??= loadConfig({ env: process.env, file: conf }).config)
}
