import { spawn } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ROOT } from './workspaces.mjs'

const NOT_RUN = /^\/\/ not run: (.+)/
const TIMEOUT_MS = 60_000

/**
 * The examples of a README: its blocks of TypeScript, each with the output that the README shows,
 * or with the reason why it is not run.
 *
 * The output is the `text` block that follows, before the next heading; else the comments after
 * `console.log(...)`, on the same line and on the lines directly below. An example without either
 * only has to end without an error.
 */
export function examplesOf(readmePath) {
  const lines = readFileSync(join(ROOT, readmePath), 'utf8').split('\n')
  const blocks = fencedBlocks(lines)
  return blocks.flatMap((block, index) => {
    if (block.language !== 'ts') return []
    const next = blocks[index + 1]
    const follows = next?.language === 'text' && !hasHeading(lines.slice(block.end, next.start))
    return {
      place: `${readmePath}:${block.start}`,
      code: block.text,
      notRun: NOT_RUN.exec(block.text)?.[1],
      output: follows ? next.text : outputInComments(block.text),
    }
  })
}

function fencedBlocks(lines) {
  const blocks = []
  let open
  lines.forEach((line, index) => {
    const fence = /^ {0,3}```(\S*)/.exec(line)
    if (fence === null) return
    if (open === undefined) open = { language: fence[1], start: index + 1 }
    else {
      blocks.push({ ...open, end: index + 1, text: lines.slice(open.start, index).join('\n') })
      open = undefined
    }
  })
  return blocks
}

function hasHeading(lines) {
  return lines.some((line) => /^#{1,6} /.test(line))
}

function outputInComments(code) {
  const output = []
  let afterLog = false
  for (const line of code.split('\n')) {
    const comment = /^\s*\/\/ ?(.*)$/.exec(line)?.[1]
    const trailing = /^\s*(?:console\.log\(.*\)|\}?\)+) +\/\/ (.*)$/.exec(line)?.[1]
    if (comment !== undefined && afterLog) output.push(comment)
    else if (trailing !== undefined) output.push(trailing)
    afterLog = /^\s*console\.log\(/.test(line) || (comment !== undefined && afterLog)
  }
  return output.length === 0
    ? undefined
    : output.map((text) => text.replace(/^(?:=>|->|→) /, '')).join('\n')
}

/**
 * Runs an example as a module of its own, from standard input, so that nothing is written to disk.
 * Answers what is wrong, or undefined.
 */
export async function runExample({ code, output }, { cwd, nodeArgs = [] }) {
  const argv = [...nodeArgs, '--input-type=module-typescript', '-']
  const { exitCode, stdout, stderr } = await run(process.execPath, argv, { cwd, input: code })
  if (exitCode !== 0) return `ends with ${exitCode}: ${lastLines(stderr)}`
  if (output === undefined || tidy(stdout) === tidy(output)) return undefined
  return `prints\n${indent(tidy(stdout))}\n    instead of\n${indent(tidy(output))}`
}

/** Runs a program to its end; the exit code is `timeout` when it takes too long. */
export function run(
  command,
  argv,
  { cwd = ROOT, input = '', env = process.env, timeoutMs = TIMEOUT_MS } = {},
) {
  return new Promise((resolve) => {
    const child = spawn(command, argv, { cwd, env })
    const result = { exitCode: 0, stdout: '', stderr: '' }
    const timer = setTimeout(() => {
      result.exitCode = 'timeout'
      child.kill('SIGKILL')
    }, timeoutMs)
    child.stdout.on('data', (chunk) => (result.stdout += chunk))
    child.stderr.on('data', (chunk) => (result.stderr += chunk))
    child.on('error', (error) => (result.stderr += error.message))
    // A program may end without reading its input; that it ended is what counts then.
    child.stdin.on('error', () => undefined)
    child.stdin.end(input)
    child.on('close', (code, signal) => {
      clearTimeout(timer)
      resolve({ ...result, exitCode: result.exitCode === 0 ? (code ?? signal) : result.exitCode })
    })
  })
}

/** Runs tasks two at a time, as there are CPUs on the smallest machine that this is meant for. */
export async function twoAtATime(items, task) {
  const queue = [...items.entries()]
  const results = []
  const worker = async () => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      results[next[0]] = await task(next[1])
    }
  }
  await Promise.all([worker(), worker()])
  return results
}

export function lastLines(text, count = 6) {
  return text.trim().split('\n').slice(-count).join('\n    ')
}

function tidy(text) {
  return text
    .split('\n')
    .map((line) => line.trimEnd())
    .join('\n')
    .trim()
}

function indent(text) {
  return text.replace(/^/gm, '      ')
}
