'use strict'

// Follows a request from its first phase to its last: marks it in rewrite, and writes one line about
// it in log. rewrite runs for a global instance only.
class JourneyPlugin {
  constructor(config) {
    this.config = config
    this.seen = 0
  }

  async rewrite(kong) {
    this.seen += 1
    await kong.ctx.shared.set('journey', this.seen)
    await kong.service.request.setHeader(this.config.header, String(this.seen))
  }

  async log(kong) {
    const { request, response } = JSON.parse(await kong.log.serialize())
    const number = await kong.ctx.shared.get('journey')
    kong.log.warn(`journey ${number}: ${request.method} ${request.uri} ended ${response.status}`)
  }
}

module.exports = {
  Plugin: JourneyPlugin,
  Schema: [{ header: { type: 'string', required: true, default: 'X-Journey' } }],
  Version: '0.1.0',
  Priority: 100,
}
