import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import {
  checkRecord,
  coerceForm,
  defineRecord,
  describeViolations,
  typedefs,
} from '@postern/schema'

const order = defineRecord({
  fields: {
    host: { ...typedefs.host, required: true },
    port: { ...typedefs.port, default: 80 },
    names: { type: 'set', elements: { type: 'string' } },
  },
})

/** A server that takes a form and answers the complete record, or what is wrong with it. */
async function listen() {
  const server = createServer((req, res) => {
    readForm(req, (form) => {
      const checked = checkRecord(order, coerceForm(order, form))
      res.statusCode = checked.ok ? 200 : 400
      res.end(checked.ok ? JSON.stringify(checked.value) : describeViolations(checked.violations))
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  const post = async (body: string) => {
    const response = await fetch(`http://127.0.0.1:${port}/`, { method: 'POST', body })
    return [response.status, await response.text()]
  }
  return { post, close: () => server.close() }
}

function readForm(req: IncomingMessage, use: (form: object) => void): void {
  let text = ''
  req.on('data', (chunk: Buffer) => {
    text += chunk.toString()
  })
  req.on('end', () => use(Object.fromEntries(new URLSearchParams(text))))
}

it('checks forms in a bare node:http server', async () => {
  const { post, close } = await listen()
  try {
    expect(await post('host=a.com&names=x')).toEqual([
      200,
      '{"host":"a.com","port":80,"names":["x"]}',
    ])
    expect(await post('port=x')).toEqual([
      400,
      '2 schema violations (host: required field missing; port: expected an integer)',
    ])
  } finally {
    close()
  }
})
