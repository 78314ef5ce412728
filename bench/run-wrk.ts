import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { type BenchRequest, USUAL_HEADERS } from './http-request.ts'

/** What wrk has counted in one slice. */
export interface Slice {
  readonly requests: number
  /** Bytes that were received, heads included. */
  readonly bytes: number
  /** Answers with a status of 400 or more. */
  readonly refused: number
  /** Connections and reads that broke, and answers that did not come in time. */
  readonly broken: number
  /** Milliseconds. */
  readonly p50: number
  readonly p99: number
}

/** A load that can be put on an address again and again. */
export interface LoadGenerator {
  run(origin: string, durationMs: number): Promise<Slice>
  close(): void
}

/**
 * Makes wrk send one kind of request, over `connections` kept alive, from the second core.
 *
 * wrk knows whole seconds only, so it is told to run for long and interrupted; it looks for that
 * every 100 ms. On a busy machine it may take long to start: the time begins when its script does.
 */
export function createLoadGenerator(request: BenchRequest, connections: number): LoadGenerator {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-wrk-'))
  const script = path.join(folder, 'load.lua')
  writeFileSync(script, scriptOf(request))
  return {
    async run(origin, durationMs) {
      const url = `${origin}${request.paths[0]}`
      const wrk = spawn(
        'taskset',
        ['-c', LOAD_CORE, 'wrk', '-t1', `-c${connections}`, '-d600', '-s', script, url],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      )
      let timer: NodeJS.Timeout | undefined
      let output = ''
      wrk.stdout.setEncoding('utf8').on('data', (text: string) => {
        output += text
        if (output.includes(READY)) timer ??= setTimeout(() => wrk.kill('SIGINT'), durationMs)
      })
      await new Promise((resolve, reject) => {
        wrk.once('error', reject)
        wrk.once('close', resolve)
      })
      clearTimeout(timer)
      return sliceIn(output)
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  }
}

/** Load generator and Services share this core, the gateway has the other one for itself. */
export const LOAD_CORE = '1'
export const PROXY_CORE = '0'

/** Values of a header that changes. */
const VARIANTS = 1000

const READY = 'ready'
const MARK = 'slice:'

function scriptOf(request: BenchRequest): string {
  const { method, paths, headers, bodyBytes = 0, changes } = request
  const lines = Object.entries({ ...USUAL_HEADERS, ...headers }).map(
    ([name, value]) => `wrk.headers[${JSON.stringify(name)}] = ${JSON.stringify(value)}`,
  )
  return `
wrk.method = "${method}"
${lines.join('\n')}
${bodyBytes > 0 ? `wrk.body = string.rep("x", ${bodyBytes})` : ''}
local made = {}
local at = 0
function init()
  for path in string.gmatch([[${paths.join(' ')}]], "%S+") do
    for n = 1, ${changes === undefined ? 1 : VARIANTS} do
      ${changes === undefined ? '' : `wrk.headers[${JSON.stringify(changes)}] = string.format("%032d", n)`}
      made[#made + 1] = wrk.format(nil, path)
    end
  end
  io.write("${READY}\\n")
  io.flush()
end
function request()
  at = at % #made + 1
  return made[at]
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('${MARK}{"requests":%d,"bytes":%d,"refused":%d,"broken":%d,"p50":%.3f,"p99":%.3f}\\n',
    summary.requests, summary.bytes, e.status, e.connect + e.read + e.write + e.timeout,
    latency:percentile(50) / 1000, latency:percentile(99) / 1000))
end
`
}

function sliceIn(output: string): Slice {
  const line = output.split('\n').find((one) => one.startsWith(MARK))
  if (line === undefined) throw new Error(`wrk told nothing: ${output}`)
  return JSON.parse(line.slice(MARK.length)) as Slice
}
