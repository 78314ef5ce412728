#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import { type HttpCase, parseHttpCases } from './http-case.ts'
import { loadSuite, SUITES } from './load-suite.ts'
import { type CaseResult, runHttpCases } from './run-http-cases.ts'

const USAGE = `usage: postern-conformance [SUITE | CASES.json ...] --admin URL --proxy URL
         [--only TEXT] [--settle MS]

Runs black-box cases against a gateway and tells which of them hold.
EVERYTHING in the gateway's configuration is deleted before each case.

  SUITE      ${SUITES.join(', ')}; all of them unless given
  --only     cases whose id or source contains TEXT
  --settle   waits before each request to the proxy, for gateways that apply changes late

Exit code: 0 all hold, 1 some do not, 2 they could not be run.`

process.exitCode = await main(process.argv.slice(2)).catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error)
  return 2
})

async function main(args: string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args,
    allowPositionals: true,
    options: {
      admin: { type: 'string' },
      proxy: { type: 'string' },
      only: { type: 'string' },
      settle: { type: 'string', default: '0' },
      help: { type: 'boolean', short: 'h' },
    },
  })
  const { admin: adminUrl, proxy: proxyUrl, only } = values
  if (values.help === true || adminUrl === undefined || proxyUrl === undefined) {
    console.log(USAGE)
    return values.help === true ? 0 : 2
  }
  const cases = (positionals.length === 0 ? SUITES : positionals).flatMap(readCases)
  const settleMs = Number(values.settle)
  const results = await runHttpCases(cases, {
    adminUrl,
    proxyUrl,
    only,
    settleMs,
    onResult: report,
  })
  const holding = results.filter(({ holds }) => holds).length
  console.log(`${holding} of ${results.length} cases hold`)
  return holding === results.length && holding > 0 ? 0 : 1
}

function readCases(name: string): readonly HttpCase[] {
  if (!name.endsWith('.json')) return loadSuite(name)
  return parseHttpCases(JSON.parse(readFileSync(name, 'utf8')))
}

function report({ id, holds, reasons }: CaseResult): void {
  if (!holds) console.log([`FAIL ${id}`, ...reasons.slice(0, 4)].join('\n     '))
}
