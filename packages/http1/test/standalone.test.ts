import { execFileSync } from 'node:child_process'
import http from 'node:http'
import { fileURLToPath } from 'node:url'
import { createHttp1Server } from '@postern/http1'
import { expect, it } from 'vitest'

it('answers the client of node:http with only its own dependencies', async () => {
  const server = createHttp1Server({
    onRequest: (exchange) => {
      exchange.sendHead(200, ['Content-Type', 'text/plain'])
      exchange.write(`${exchange.method} `)
      exchange.end(exchange.target)
    },
  })
  const port = await server.listen({ host: '127.0.0.1', port: 0 })
  try {
    const answer = await fetch(`http://127.0.0.1:${port}/tea?cups=2`, {
      method: 'PUT',
      body: 'milk',
    })
    expect(await answer.text()).toBe('PUT /tea?cups=2')
    const agent = new http.Agent({ keepAlive: true })
    for (const path of ['/1', '/2']) {
      const res = await new Promise<http.IncomingMessage>((resolve) =>
        http.get({ port, path, agent, host: '127.0.0.1' }, resolve),
      )
      expect((await res.toArray()).join('')).toBe(`GET ${path}`)
    }
    agent.destroy()
  } finally {
    await server.close(0)
  }
})

/** Objects of the language are frozen in the gateway (`lockdown = on`). */
it('serves in a process whose built-in objects are frozen', () => {
  const entry = fileURLToPath(new URL('../src/index.ts', import.meta.url))
  const program = `
    import 'ses'
    lockdown()
    const { createHttp1Server } = await import(${JSON.stringify(entry)})
    const server = createHttp1Server({
      onRequest(exchange) {
        const chunks = []
        exchange.body.on('data', (chunk) => chunks.push(chunk)).on('end', () => {
          exchange.sendHead(200, [])
          exchange.write(Buffer.concat(chunks))
          exchange.end('!')
        })
      },
    })
    const port = await server.listen({ host: '127.0.0.1', port: 0 })
    const answer = await fetch('http://127.0.0.1:' + port, { method: 'POST', body: 'hello' })
    console.log(await answer.text())
    await server.close(0)
  `
  const sandbox = fileURLToPath(new URL('../../sandbox', import.meta.url))
  const args = ['--conditions=@postern/source', '--input-type=module', '--eval', program]
  expect(execFileSync(process.execPath, args, { cwd: sandbox, encoding: 'utf8' })).toBe('hello!\n')
})
