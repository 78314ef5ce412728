import type { Exit, HeaderList, ResponseSource } from '@postern/pdk-response'
import type { LogLine } from './log-lines.ts'
import type { ServiceRequest } from './service-answer.ts'

/** What came of a request. */
export interface PluginTestResult {
  /** What the client got. */
  readonly status: number
  readonly headers: HeaderList
  /** The body as text, read as UTF-8. */
  readonly body: string
  readonly bytes: Buffer
  /** The body as JSON. Throws a SyntaxError when it is none. */
  json(): unknown
  /** The connection was cut: a body_filter threw when the head had left. */
  readonly closed: boolean
  /** What the Service got; undefined when the request did not get that far. */
  readonly service: ServiceRequest | undefined
  /** The Exit that was sent; undefined when the Service's response was. */
  readonly exit: Exit | undefined
  /** What `kong.response.getSource()` tells at the end. */
  readonly source: ResponseSource
  readonly logs: readonly LogLine[]
  /** What `kong.ctx.shared` held at the end. */
  readonly shared: Readonly<Record<string, unknown>>
}
