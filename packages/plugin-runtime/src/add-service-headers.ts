import type { HeaderList } from '@postern/pdk-response'

/**
 * Adds the headers of a Service's response to those that plugins have set before it came. Theirs stay,
 * and go out ahead of the Service's; but what the body is, and how long, its sender knows.
 *
 * @param raw name, value, name, value
 */
export function addServiceHeaders(headers: HeaderList, raw: readonly string[]): void {
  headers.remove('Content-Type')
  headers.remove('Content-Length')
  for (let i = 0; i + 1 < raw.length; i += 2) {
    headers.append(raw[i] as string, raw[i + 1] as string)
  }
}
