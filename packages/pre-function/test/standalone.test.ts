import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { nodeResponse } from '@postern/pdk-response'
import { type PhaseFunction, runFunctions } from '@postern/pre-function'
import { afterEach, expect, it } from 'vitest'

let server: Server | undefined

afterEach(async () => {
  server?.closeAllConnections()
  await new Promise((resolve) => server?.close(resolve) ?? resolve(undefined))
  server = undefined
})

/** Functions in front of somebody else's server: the core alone, without plugins. */
async function listen(functions: readonly PhaseFunction[]): Promise<string> {
  const listening = createServer((req, res) => {
    void nodeResponse(req, res, { requestId: 'cafe' }).run(async (response) => {
      await runFunctions(functions, { response })
      response.exit(200, 'through')
    })
  })
  server = listening
  await new Promise<void>((resolve) => listening.listen(0, '127.0.0.1', resolve))
  return `http://127.0.0.1:${(listening.address() as AddressInfo).port}`
}

type Response = Parameters<Parameters<ReturnType<typeof nodeResponse>['run']>[0]>[0]

function fn(run: (kong: { readonly response: Response }) => void | Promise<void>): PhaseFunction {
  return { needsBody: false, run: (kong) => run(kong as { readonly response: Response }) }
}

it('runs functions in order until one exits', async () => {
  const url = await listen([
    fn(({ response }) => response.setHeader('X-First', 'yes')),
    fn(async ({ response }) => response.exit(403, { message: 'stop' })),
    fn(({ response }) => response.setHeader('X-Third', 'yes')),
  ])
  const res = await fetch(url)
  expect([res.status, await res.text()]).toEqual([403, '{"message":"stop"}'])
  expect([res.headers.get('x-first'), res.headers.get('x-third')]).toEqual(['yes', null])
})

it('lets through what no function stops', async () => {
  expect(await (await fetch(await listen([fn(() => undefined)]))).text()).toBe('through')
})
