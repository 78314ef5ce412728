'use strict'

// Transforms both ways: what the Service gets is in upper case with a query of ours, and what it
// answers goes to the client in an envelope.
class TransformPlugin {
  constructor(config) {
    this.config = config
  }

  async access(kong) {
    const body = await kong.request.getRawBody()
    await kong.service.request.setRawBody(body.toUpperCase())
    await kong.service.request.setRawQuery(this.config.query)
  }

  async response(kong) {
    if ((await kong.response.getSource()) !== 'service') return
    const answer = await kong.service.response.getRawBody()
    const status = await kong.response.getStatus()
    await kong.response.exit(status, {
      [this.config.envelope]: answer.toString(),
      length: answer.length,
    })
  }
}

module.exports = {
  Plugin: TransformPlugin,
  Schema: [
    { query: { type: 'string', default: 'from=transform' } },
    { envelope: { type: 'string', default: 'answer', match: '^%a+$' } },
  ],
  Version: '0.2.0',
  Priority: 10,
}
