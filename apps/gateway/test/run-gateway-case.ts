import { mkdtempSync, rmSync } from 'node:fs'
import http from 'node:http'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { startDataPlane } from './data-plane.ts'
import { addDeclared, type Declared, inlinePluginFiles } from './declared.ts'
import { type GatewayCase, textOf } from './pdk-gateway-case.ts'
import { inlineResults } from './plugins/inline-plugin.ts'
import { type Received, startRecordingUpstream } from './recording-upstream.ts'

/** What came of a case: the answers, in order, and what the Service got. */
export interface GatewayResult {
  readonly answers: readonly WireAnswer[]
  readonly received: readonly Received[]
  /** What the calls of throw-away plugins answered, in order. */
  readonly returns: readonly unknown[]
  /** The same for the handler that ran last. */
  readonly lastReturns: readonly unknown[]
}

/** An answer as the client got it. */
export interface WireAnswer {
  readonly status: number
  header(name: string): readonly string[]
  readonly body: string
  /** The connection ended before there was an answer. */
  readonly closed: boolean
}

/** Runs a case against a gateway of its own. */
export async function runGatewayCase(
  test: GatewayCase,
  configuration: Declared,
): Promise<GatewayResult> {
  const upstream = await startRecordingUpstream((_received, res) => answer(test, res))
  const aimed = fillIn(configuration, test, upstream.port)
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-inline-'))
  const gateway = await startDataPlane({
    ...settingsOf(test),
    plugins: ['bundled', ...inlinePluginFiles(aimed, folder)].join(','),
  })
  inlineResults.length = 0
  try {
    await addDeclared(gateway, aimed)
    const answers: WireAnswer[] = []
    for (let i = 0; i < Number(test.expect['repeat'] ?? 1); i++) {
      answers.push(await send(gateway.port, test.request))
    }
    await logged(test)
    const returns = inlineResults.flat()
    return {
      answers,
      received: upstream.received,
      returns,
      lastReturns: inlineResults.at(-1) ?? [],
    }
  } finally {
    await gateway.close()
    await upstream.close()
    rmSync(folder, { recursive: true, force: true })
  }
}

function settingsOf({ gateway }: GatewayCase): Record<string, string> {
  const entries = Object.entries(gateway.settings ?? {})
  return Object.fromEntries(
    entries.map(([key, value]) => [key, Array.isArray(value) ? value.join(',') : String(value)]),
  )
}

/** Puts the Service's address in, or one where nobody answers. */
function fillIn(configuration: Declared, test: GatewayCase, port: number): Declared {
  const host =
    test.upstream?.fault === 'dns' ? 'service.invalid:80' : `127.0.0.1:${portOf(test, port)}`
  const text = JSON.stringify(configuration)
    .replaceAll('{upstream}', `http://${host}`)
    .replaceAll('{upstream_host}', host)
  const filled = JSON.parse(text) as Declared
  if (test.upstream?.fault !== 'timeout') return filled
  const services = (filled['services'] ?? []) as readonly Declared[]
  return { ...filled, services: services.map((one) => ({ ...one, read_timeout: 100, retries: 0 })) }
}

/** Port 1 is reserved, and nobody listens there. */
function portOf(test: GatewayCase, port: number): number {
  return test.upstream?.fault === 'refused' ? 1 : port
}

function answer({ upstream = {} }: GatewayCase, res: http.ServerResponse): void {
  if (upstream.fault === 'timeout') return
  for (const [name, value] of Object.entries(upstream.headers ?? {})) res.setHeader(name, value)
  res.statusCode = upstream.status ?? 200
  if (upstream.body !== undefined) res.setHeader('Content-Length', Buffer.byteLength(upstream.body))
  for (const chunk of upstream.chunks ?? []) res.write(chunk)
  res.end(upstream.body)
}

function send(port: number, request: GatewayCase['request']): Promise<WireAnswer> {
  return new Promise((resolve) => {
    const closed = { status: 0, header: () => [], body: '', closed: true }
    const req = http.request({
      host: '127.0.0.1',
      port,
      method: request.method ?? 'GET',
      path: request.path === undefined ? '/' : textOf(request.path),
      headers: { ...request.headers } as http.OutgoingHttpHeaders,
      agent: false,
    })
    req.on('response', (res) => {
      const chunks: Buffer[] = []
      res.on('data', (chunk: Buffer) => chunks.push(chunk))
      res.on('error', () => resolve(closed))
      res.on('end', () =>
        resolve({
          status: res.statusCode ?? 0,
          header: (name) => linesOf(res.rawHeaders, name),
          body: Buffer.concat(chunks).toString('utf8'),
          closed: false,
        }),
      )
    })
    req.on('error', () => resolve(closed))
    req.end(request.body)
  })
}

function linesOf(raw: readonly string[], name: string): readonly string[] {
  const wanted = name.toLowerCase()
  return raw.filter((_, i) => i % 2 === 1 && raw[i - 1]?.toLowerCase() === wanted)
}

/** The log phase follows when the client has everything: waits for what it is to answer. */
async function logged({ expect }: GatewayCase): Promise<void> {
  const wanted = (expect['returns'] as readonly unknown[] | undefined)?.length ?? 0
  for (let i = 0; i < 100 && inlineResults.flat().length < wanted; i++) {
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
