import type { HeaderList } from '@postern/pdk-response'

/** Types of text whose charset Kong's server tells where a plugin did not. */
const TEXT = /^(?:text\/(?:plain|html|xml)|application\/(?:javascript|rss\+xml))\s*(?:;|$)/i
const CHARSET = /;\s*charset\s*=/i

/** Says that the text of an Exit is UTF-8, as everything that the gateway writes. */
export function tellCharset(headers: HeaderList): void {
  const type = headers.get('Content-Type')
  if (type === undefined || !TEXT.test(type) || CHARSET.test(type)) return
  headers.set('Content-Type', `${type}; charset=UTF-8`)
}
