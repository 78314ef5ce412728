// Everything that has to hold before a change is handed over. Goes on after a failed step, so that all
// of them are seen, and ends with one line: each test counts, and each other step counts as one.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { ROOT } from './workspaces.mjs'

const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1' }
const scratch = mkdtempSync(join(tmpdir(), 'postern-check-'))
const testReport = join(scratch, 'tests.json')

/** Each is what a person would type, so that it can be repeated alone. */
const STEPS = [
  ['format', 'npm run -s format:check'],
  ['lint', 'npm run -s lint'],
  ['typecheck', 'npm run -s typecheck -- --concurrency=2'],
  ['tests', `npm test -- --reporter=default --reporter=json --outputFile.json=${testReport}`],
  ['tests with http_engine = node', 'npm run -s test:node'],
  ['structure', 'npm run -s check:structure'],
  ['readmes', 'npm run -s check:readmes'],
  ['lockfile', 'npm run -s check:lockfile'],
  ['build', 'npm run -s build -- --concurrency=2'],
  ['packages', 'npm run -s check:packages'],
]

const outcomes = STEPS.map(([name, command]) => {
  console.log(`\n=== ${name}: ${command}`)
  const startedAtMs = performance.now()
  const [program, ...argv] = command.split(' ')
  const { status } = spawnSync(program, argv, {
    cwd: ROOT,
    env,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  const seconds = ((performance.now() - startedAtMs) / 1000).toFixed(1)
  return { name, seconds, ...(name === 'tests' ? countTests(status) : countStep(status)) }
})
rmSync(scratch, { recursive: true, force: true })

console.log('\n=== summary')
for (const { name, seconds, passed, failed } of outcomes) {
  console.log(
    `  ${failed === 0 ? 'ok   ' : 'WRONG'} ${name} (${passed} passed, ${failed} failed, ${seconds} s)`,
  )
}
const passed = sum(outcomes.map((outcome) => outcome.passed))
const failed = sum(outcomes.map((outcome) => outcome.failed))
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1

function countStep(status) {
  return status === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }
}

/**
 * Tests by the report. A file that cannot be loaded has no tests and counts as one that failed, and so
 * does a run that fails without naming a test.
 */
function countTests(status) {
  try {
    const { numPassedTests, numFailedTests, testResults } = JSON.parse(
      readFileSync(testReport, 'utf8'),
    )
    const broken = testResults.filter(
      (file) => file.status === 'failed' && !file.assertionResults.some(isFailed),
    )
    const named = numFailedTests + broken.length
    return { passed: numPassedTests, failed: status !== 0 && named === 0 ? 1 : named }
  } catch (error) {
    console.log(`the report of the tests cannot be read: ${error.message}`)
    return { passed: 0, failed: 1 }
  }
}

function isFailed({ status }) {
  return status === 'failed'
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0)
}
