import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expectKnownFailures, parseHttpCases, runHttpCases } from '@postern/conformance'
import { faultTree, parseDeclarative } from '@postern/entities'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { loadConfig } from '../src/config/load-config.ts'
import { parseYaml } from '../src/declarative/yaml-document.ts'
import { createFunctionEngine } from '../src/functions/function-engine.ts'
import { createKongLog } from '../src/kong-log.ts'
import { createOperatorLog } from '../src/operator-log.ts'
import { loadPluginCatalog } from '../src/plugin-catalog.ts'
import { describePlugins } from '../src/plugin-descriptions.ts'
import { type Supervisor, startSupervisor } from '../src/processes/supervisor.ts'

/*
 * Recorded exchanges with a Kong without a database, those that are about the format of the file.
 * They hand it over by POST /config. Here that writes the file of a gateway which was started with
 * `database = off`, and has it read again; the rest goes to the gateway as it is.
 */
let folder: string
let supervisor: Supervisor
let front: http.Server
beforeAll(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'postern-cases-'))
  writeFileSync(path.join(folder, 'kong.yml'), '_format_version: "3.0"\n')
  const { config } = loadConfig({
    env: {},
    folder,
    overrides: {
      database: 'off',
      declarative_config: 'kong.yml',
      workers: '0',
      proxy_listen: '127.0.0.1:0',
      admin_listen: '127.0.0.1:0',
      status_listen: 'off',
      proxy_access_log: 'off',
      log_level: 'error',
    },
  })
  supervisor = await startSupervisor({ config, log: createOperatorLog('error') })
  const catalog = await loadPluginCatalog(config.plugins)
  const engine = createFunctionEngine(config, { log: createKongLog(createOperatorLog('error')) })
  const plugins = describePlugins(catalog, engine)
  front = http.createServer((req, res) => {
    void answer(req, async (text) => {
      const parsed = parseDeclarative(parseYaml(text, 'kong.yml').value, {
        entities: catalog.entities,
        subschema: (name) => plugins.get(name)?.schema,
      })
      writeFileSync(path.join(folder, 'kong.yml'), text)
      const reloaded = await supervisor.declarative?.reload().then(
        () => true,
        () => false,
      )
      expect(reloaded).toBe(parsed.ok)
      if (parsed.ok) return Response.json(byId(parsed.rows), { status: 201 })
      const fields = faultTree(parsed.faults)
      const name = 'invalid declarative configuration'
      const message = `declarative config is invalid: ${JSON.stringify(fields)}`
      return Response.json({ code: 14, name, message, fields }, { status: 400 })
    }).then(async (response) => {
      res.writeHead(response.status, Object.fromEntries(response.headers))
      res.end(Buffer.from(await response.arrayBuffer()))
    })
  })
  await new Promise<void>((resolve) => front.listen(0, '127.0.0.1', resolve))
})
afterAll(async () => {
  front.close()
  await supervisor.stop(0)
  rmSync(folder, { recursive: true })
})

async function answer(
  req: http.IncomingMessage,
  load: (text: string) => Promise<Response>,
): Promise<Response> {
  const body = Buffer.concat(await req.toArray())
  if (req.method === 'POST' && req.url === '/config') return load(body.toString())
  return supervisor.admin.fetch(
    new Request(`http://127.0.0.1${req.url}`, {
      method: req.method as string,
      headers: req.headers as Record<string, string>,
      ...(body.length > 0 && { body }),
    }),
  )
}

function byId(rows: readonly { readonly entity: string; readonly row: { readonly id: string } }[]) {
  const entities: Record<string, Record<string, object>> = {}
  for (const { entity, row } of rows) (entities[entity] ??= {})[row.id] = row
  return entities
}

it('reads declarative files as Kong does in the recorded exchanges', async () => {
  const file = path.join(import.meta.dirname, 'declarative.cases.json')
  const cases = parseHttpCases(JSON.parse(readFileSync(file, 'utf8')))
  const results = await runHttpCases(cases, {
    adminUrl: `http://127.0.0.1:${(front.address() as AddressInfo).port}`,
    proxyUrl: `http://${supervisor.proxyAddresses[0]}`,
  })
  const held = results.filter(({ holds }) => holds).length
  console.log(`declarative: ${held} of ${results.length} cases hold`)
  expect(results).toHaveLength(16)
  expectKnownFailures(results, {})
})
