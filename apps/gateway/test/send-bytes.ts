import net from 'node:net'

/** An answer as it came over the wire. */
export interface Answer {
  readonly status: number
  readonly headers: ReadonlyMap<string, string>
  readonly body: string
  /** The body, parsed. Undefined when it is not JSON. */
  readonly json: unknown
}

/** Sends the very bytes of a request and reads one answer with a Content-Length or until the end. */
export function sendBytes(baseUrl: string, request: string | Buffer): Promise<Answer> {
  const { hostname, port } = new URL(baseUrl)
  return new Promise((resolve, reject) => {
    const socket = net.connect(Number(port), hostname)
    let received = Buffer.alloc(0)
    socket.setTimeout(10_000, () => socket.destroy(new Error('no answer in 10 s')))
    socket.on('error', reject)
    socket.on('connect', () => socket.write(request))
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk])
      const answer = parseAnswer(received, false)
      if (answer === undefined) return
      socket.destroy()
      resolve(answer)
    })
    socket.on('close', () => {
      const answer = parseAnswer(received, true)
      if (answer === undefined) reject(new Error(`no whole answer: ${received.toString()}`))
      else resolve(answer)
    })
  })
}

function parseAnswer(received: Buffer, ended: boolean): Answer | undefined {
  const text = received.toString('latin1')
  const headEnd = text.indexOf('\r\n\r\n')
  if (headEnd < 0) return undefined
  const [statusLine = '', ...lines] = text.slice(0, headEnd).split('\r\n')
  const headers = new Map<string, string>()
  for (const line of lines) {
    const colon = line.indexOf(':')
    const name = line.slice(0, colon).toLowerCase()
    const before = headers.get(name)
    const value = line.slice(colon + 1).trim()
    headers.set(name, before === undefined ? value : `${before}, ${value}`)
  }
  const body = received.subarray(headEnd + 4)
  const shown = bodyOf(body, headers, ended)
  if (shown === undefined) return undefined
  return {
    status: Number(statusLine.split(' ')[1]),
    headers,
    body: shown,
    json: parseJson(shown),
  }
}

/** The whole body, or undefined while there is more to come. */
function bodyOf(
  body: Buffer,
  headers: ReadonlyMap<string, string>,
  ended: boolean,
): string | undefined {
  if (headers.get('transfer-encoding') === 'chunked') return dechunk(body)
  const length = Number(headers.get('content-length') ?? Number.NaN)
  if (Number.isNaN(length)) return ended ? body.toString() : undefined
  return ended || body.length >= length ? body.subarray(0, length).toString() : undefined
}

function dechunk(body: Buffer): string | undefined {
  const chunks: Buffer[] = []
  for (let at = 0; ; ) {
    const lineEnd = body.indexOf('\r\n', at)
    if (lineEnd < 0) return undefined
    const size = Number.parseInt(body.toString('latin1', at, lineEnd), 16)
    const start = lineEnd + 2
    if (body.length < start + size + 2) return undefined
    if (size === 0) return Buffer.concat(chunks).toString()
    chunks.push(body.subarray(start, start + size))
    at = start + size + 2
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

/** The bytes that `curl` sends. */
export function curl(
  method: string,
  target: string,
  options: {
    host?: string
    headers?: readonly string[]
    data?: readonly string[]
    form?: readonly FormPart[]
  } = {},
): string {
  const { host = 'localhost', headers = [], data, form } = options
  const body = data?.join('&') ?? (form && multipart(form)) ?? ''
  const type = data
    ? 'application/x-www-form-urlencoded'
    : `multipart/form-data; boundary=${BOUNDARY}`
  const lines = [
    `${method} ${target} HTTP/1.1`,
    `Host: ${host}`,
    'User-Agent: curl/7.88.1',
    'Accept: */*',
    ...headers,
    ...(data || form
      ? [`Content-Length: ${Buffer.byteLength(body)}`, `Content-Type: ${type}`]
      : []),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

/** `-F name=value`, or `-F name=@file`. */
export interface FormPart {
  readonly name: string
  readonly value: string
  readonly file?: string
}

const BOUNDARY = '------------------------d74496d66958873e'

function multipart(parts: readonly FormPart[]): string {
  const sections = parts.map(({ name, value, file }) => {
    const disposition = `Content-Disposition: form-data; name="${name}"`
    const head =
      file === undefined
        ? disposition
        : `${disposition}; filename="${file}"\r\nContent-Type: application/octet-stream`
    return `--${BOUNDARY}\r\n${head}\r\n\r\n${value}\r\n`
  })
  return `${sections.join('')}--${BOUNDARY}--\r\n`
}

/** The bytes that HTTPie sends: JSON, or a form with `-f`. */
export function httpie(
  target: string,
  options: {
    host?: string
    json?: Readonly<Record<string, string>>
    form?: Readonly<Record<string, string>>
  } = {},
): string {
  const { host = 'localhost', json, form } = options
  const body = json ? pythonJson(json) : form ? new URLSearchParams(form).toString() : ''
  const lines = [
    `${body === '' ? 'GET' : 'POST'} ${target} HTTP/1.1`,
    `Host: ${host}`,
    'User-Agent: HTTPie/3.2.1',
    'Accept-Encoding: gzip, deflate',
    json ? 'Accept: application/json, */*;q=0.5' : 'Accept: */*',
    'Connection: keep-alive',
    ...(json ? ['Content-Type: application/json'] : []),
    ...(form ? ['Content-Type: application/x-www-form-urlencoded; charset=utf-8'] : []),
    ...(body === '' ? [] : [`Content-Length: ${Buffer.byteLength(body)}`]),
  ]
  return `${lines.join('\r\n')}\r\n\r\n${body}`
}

/** Python writes a space after each colon and comma. */
function pythonJson(fields: Readonly<Record<string, string>>): string {
  const pairs = Object.entries(fields).map(([k, v]) => `${JSON.stringify(k)}: ${JSON.stringify(v)}`)
  return `{${pairs.join(', ')}}`
}
