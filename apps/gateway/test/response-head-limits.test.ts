import net from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataPlane, startDataPlane } from './data-plane.ts'

/** A Service whose head is as long, or has as many lines, as the path asks for. */
const service = net.createServer((socket) => {
  let text = ''
  socket.on('error', () => {})
  socket.on('data', (chunk) => {
    text += String(chunk)
    if (!text.includes('\r\n\r\n')) return
    const [, kind, count] = /^GET \/\w+\/(bytes|lines)\/(\d+)/.exec(text) ?? []
    text = ''
    socket.write(kind === 'lines' ? headOfLines(Number(count)) : headOfBytes(Number(count)))
    socket.write('whole')
  })
})

const START = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n'

/** All of the head, from the first byte of the status line to the empty line. */
function headOfBytes(bytes: number): string {
  const frame = `${START}X-Big: \r\n\r\n`
  return frame.replace('X-Big: ', `X-Big: ${'v'.repeat(bytes - frame.length)}`)
}

function headOfLines(lines: number): string {
  return `${START}${'A: b\r\n'.repeat(lines - 1)}\r\n`
}

/** An answer as it came, to the end of the connection. */
function get(port: number, target: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = net.connect(port, '127.0.0.1')
    let text = ''
    socket.setEncoding('latin1')
    socket.on('error', reject)
    socket.on('data', (chunk) => {
      text += String(chunk)
    })
    socket.on('close', () => resolve(text))
    socket.write(`GET ${target} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`)
  })
}

function parse(text: string): { status: number; lines: string[]; body: string } {
  const end = text.indexOf('\r\n\r\n')
  const [first = '', ...lines] = text.slice(0, end).split('\r\n')
  return { status: Number(first.split(' ')[1]), lines, body: text.slice(end + 4) }
}

beforeAll(() => new Promise<void>((resolve) => service.listen(0, '127.0.0.1', resolve)))
afterAll(() => {
  service.close()
})

describe.each(['postern', 'node'])('the head of an answer, with the engine %s', (engine) => {
  let gateway: DataPlane

  beforeAll(async () => {
    gateway = await startDataPlane({ http_engine: engine })
    const { port } = service.address() as net.AddressInfo
    const { id } = await gateway.add('services', { host: '127.0.0.1', port, retries: 0 })
    const add = async (name: string, config?: Record<string, string[]>) => {
      const route = await gateway.add('routes', {
        paths: [`/${name}`],
        strip_path: false,
        service: { id },
      })
      if (config === undefined) return
      await gateway.add('plugins', { name: 'pre-function', route: { id: route.id }, config })
    }
    await add('bare')
    const more = (bytes: number) => `kong.response.set_header("X-More", ("m"):rep(${bytes}))`
    await add('more', { header_filter: [more(30_000)] })
    await add('much', { header_filter: [more(65_000)] })
    await add('exit', { access: [`${more(60_000)} kong.response.exit(418, "tea")`] })
    await add('large', { access: [`${more(66_000)} kong.response.exit(418, "tea")`] })
    const lines = (count: number) => `
      local values = {}
      for i = 1, ${count} do values[i] = "v" end
      kong.response.set_header("X-Many", values)`
    await add('many', { header_filter: [lines(1900)] })
    await add('endless', { header_filter: [lines(2000)] })
  })
  afterAll(() => gateway.close())

  it.each([
    { what: 'a Service: 32 KiB', target: '/bare/bytes/32768', status: 200 },
    { what: 'a Service: 40 KiB', target: '/bare/bytes/40960', status: 502 },
    { what: 'a Service: 1 MiB', target: '/bare/bytes/1048576', status: 502 },
    { what: 'a Service: 1,000 lines', target: '/bare/lines/1000', status: 200 },
    { what: 'a Service: 1,001 lines', target: '/bare/lines/1001', status: 502 },
    { what: 'a Service and a plugin: below 64 KiB', target: '/more/bytes/32000', status: 200 },
    { what: 'a Service and a plugin: beyond it', target: '/much/bytes/1000', status: 500 },
    { what: 'a plugin: 1,900 lines', target: '/many/lines/3', status: 200 },
    {
      what: 'a plugin: 2,000 lines and those of the gateway',
      target: '/endless/lines/3',
      status: 500,
    },
    { what: 'an exit: below 64 KiB', target: '/exit/lines/3', status: 418 },
    { what: 'an exit: beyond it', target: '/large/lines/3', status: 500 },
  ])('is answered $status: $what', async ({ target, status }) => {
    const answer = parse(await get(gateway.port, target))
    expect(answer.status).toBe(status)
    const length = answer.lines.find((line) => /^content-length:/i.test(line))?.split(': ')[1]
    expect(answer.body).toHaveLength(Number(length))
    if (status === 200) expect(answer.body).toBe('whole')
    else expect(answer.lines.join().length).toBeLessThan(status === 418 ? 70_000 : 1000)
  })

  it('is whole where it is sent', async () => {
    const { lines } = parse(await get(gateway.port, '/more/bytes/32000'))
    const lengthOf = (name: string) =>
      lines.find((line) => line.startsWith(`${name}: `))?.slice(name.length + 2).length
    expect(lengthOf('X-More')).toBe(30_000)
    expect(lengthOf('X-Big')).toBe(32_000 - `${START}X-Big: \r\n\r\n`.length)
  })
})
