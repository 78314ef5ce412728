import { execFile } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { type HttpCase, type RunOptions, runHttpCases } from '../src/index.ts'
import { type Faults, startSmallGateway } from './small-gateway.ts'

/** Creates a Service on the echo upstream, looks it up again, and sends a request through it. */
const ROUND_TRIP: HttpCase = {
  id: 'round-trip',
  source: 'a document',
  steps: [
    {
      port: 'admin',
      method: 'POST',
      path: '/services',
      json: { url: '{{upstream_url}}', port: '{{upstream_port}}' },
      expect: {
        status: 201,
        headers: { 'X-Small': 'yes' },
        json_subset: { id: '<any>', port: '{{upstream_port}}' },
        save: { id: 'json.id' },
      },
    },
    { port: 'admin', path: '/services', expect: { json_subset: { data: [{ id: '{{id}}' }] } } },
    {
      port: 'proxy',
      method: 'PUT',
      path: '/echo?a=1&a=2&b=3',
      headers: { 'X-Twice': ['1', '2'], 'X-Not': null },
      json: { hello: 'world' },
      expect: {
        status: 200,
        json_subset: {
          method: 'PUT',
          path: '/echo',
          query: { a: ['1', '2'], b: '3' },
          headers: { 'content-type': 'application/json', 'x-twice': '1, 2' },
          body: '{"hello":"world"}',
        },
        json_absent: 'json.headers.x-not',
      },
    },
  ],
}

async function run(
  faults: Faults,
  cases: HttpCase[] = [ROUND_TRIP],
  options: Partial<RunOptions> = {},
) {
  const gateway = await startSmallGateway(faults)
  const { adminUrl, proxyUrl } = gateway
  try {
    const results = await runHttpCases(cases, { adminUrl, proxyUrl, timeoutMs: 500, ...options })
    return { results, left: gateway.services.size }
  } finally {
    await gateway.close()
  }
}

describe('runHttpCases()', () => {
  it('finds that a case holds, and leaves the gateway empty', async () => {
    const { results, left } = await run({})
    expect(results).toMatchObject([{ id: 'round-trip', holds: true, reasons: [] }])
    expect(left).toBe(0)
  })

  it('empties the gateway before each case', async () => {
    const { results } = await run({}, [ROUND_TRIP, { ...ROUND_TRIP, id: 'again' }])
    expect(results.map(({ holds }) => holds)).toEqual([true, true])
  })

  it.each<{ name: string; faults: Faults; reason: RegExp }>([
    {
      name: 'a wrong status',
      faults: { createStatus: 200 },
      reason: /^step 1 POST \/services: status: want 201, got 200 /,
    },
    {
      name: 'a missing header',
      faults: { withoutHeader: true },
      reason: /^step 1 POST \/services: header X-Small: want "yes", got nothing$/,
    },
    {
      name: 'a connection that is closed',
      faults: { hangsUp: true },
      reason: /^could not go on: /,
    },
    {
      name: 'an answer that does not come',
      faults: { silent: true },
      reason: /^could not go on: no answer within 500 ms$/,
    },
  ])('tells of $name', async ({ faults, reason }) => {
    const { results } = await run(faults)
    expect(results[0]?.holds).toBe(false)
    expect(results[0]?.reasons[0]).toMatch(reason)
  })

  it('does not run a case on a gateway that cannot be emptied', async () => {
    const { results } = await run({ keepsEverything: true }, [
      ROUND_TRIP,
      { ...ROUND_TRIP, id: 'again' },
    ])
    expect(results[1]).toMatchObject({
      holds: false,
      reasons: ['could not go on: /services does not become empty'],
    })
  })

  it('tells that nobody listens', async () => {
    const gateway = await startSmallGateway()
    await gateway.close()
    const { adminUrl, proxyUrl } = gateway
    const [result] = await runHttpCases([ROUND_TRIP], { adminUrl, proxyUrl })
    expect(result?.reasons).toEqual([expect.stringContaining('ECONNREFUSED')])
  })

  it.each([
    { only: 'round', count: 1 },
    { only: 'document', count: 1 },
    { only: 'nothing of this', count: 0 },
  ])('runs $count cases whose id or source has $only', async ({ only, count }) => {
    const { results } = await run({}, [ROUND_TRIP], { only })
    expect(results).toHaveLength(count)
  })

  it('reports each case as it ends', async () => {
    const seen: string[] = []
    await run({}, [ROUND_TRIP], { onResult: ({ id }) => seen.push(id) })
    expect(seen).toEqual(['round-trip'])
  })

  it.each(['', 'localhost:8001', 'ftp://localhost'])('refuses %j as a URL', async (adminUrl) => {
    await expect(runHttpCases([], { adminUrl, proxyUrl: 'http://x' })).rejects.toMatchObject({
      code: 'POSTERN_CONFORMANCE_URL_INVALID',
    })
  })
})

describe('postern-conformance', () => {
  const main = fileURLToPath(new URL('../src/main.ts', import.meta.url))

  function command(args: string[]): Promise<{ code: number; out: string }> {
    return new Promise((resolve) => {
      const argv = ['--conditions=@postern/source', main, ...args]
      execFile(process.execPath, argv, (error, stdout, stderr) => {
        resolve({ code: error === null ? 0 : Number(error.code), out: stdout + stderr })
      })
    })
  }

  async function runCommand(faults: Faults) {
    const gateway = await startSmallGateway(faults)
    const folder = mkdtempSync(join(tmpdir(), 'postern-conformance-'))
    const file = join(folder, 'own.cases.json')
    writeFileSync(file, JSON.stringify([ROUND_TRIP]))
    try {
      return await command([file, '--admin', gateway.adminUrl, '--proxy', gateway.proxyUrl])
    } finally {
      rmSync(folder, { recursive: true })
      await gateway.close()
    }
  }

  it('ends with 0 when all cases hold', async () => {
    expect(await runCommand({})).toEqual({ code: 0, out: '1 of 1 cases hold\n' })
  })

  it('ends with 1 and the reasons when a case does not hold', async () => {
    const { code, out } = await runCommand({ createStatus: 200 })
    expect(code).toBe(1)
    expect(out).toMatch(
      /^FAIL round-trip\n {5}step 1 POST \/services: status.*\n0 of 1 cases hold\n$/,
    )
  })

  it.each([
    { args: [], told: 'usage: postern-conformance' },
    {
      args: ['nothing', '--admin', 'http://x', '--proxy', 'http://x'],
      told: 'no suite is called "nothing"',
    },
    { args: ['--admin', 'x', '--proxy', 'x'], told: '"x" is not a URL' },
    { args: ['--unknown'], told: '--unknown' },
  ])('ends with 2 when it cannot run: $told', async ({ args, told }) => {
    const { code, out } = await command(args)
    expect(code).toBe(2)
    expect(out).toContain(told)
  })
})
