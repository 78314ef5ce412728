/** One request that is sent again and again, and what has to come back. */
export interface BenchRequest {
  readonly method: 'GET' | 'POST'
  /** Paths that are asked for in turn. */
  readonly paths: readonly string[]
  readonly headers?: Readonly<Record<string, string>>
  /** A header that has another value in each request, so that no connection repeats its fields. */
  readonly changes?: string
  /** Length of the body, in bytes. */
  readonly bodyBytes?: number
  readonly status: number
  /** Length of the answer's body, where the Service makes it. */
  readonly answerBytes?: number
}

/** What a browser or a client library sends besides Host: seven more headers. */
export const USUAL_HEADERS: Readonly<Record<string, string>> = {
  'User-Agent': 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0',
  Accept: 'application/json, text/plain, */*',
  'Accept-Language': 'en-US,en;q=0.5',
  'Accept-Encoding': 'gzip, deflate, br',
  Referer: 'http://bench.test/page',
  Cookie: 'session=0123456789abcdef0123456789abcdef',
  'X-Trace': '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01',
}
