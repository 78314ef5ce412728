'use strict'

// Greets: adds a response header with a configured message and the host that was asked for.
class HelloPlugin {
  constructor(config) {
    this.config = config
  }

  async access(kong) {
    const host = await kong.request.getHeader('host')
    const message = this.config.message || 'hello'
    // Two calls that do not wait for each other.
    await Promise.all([
      kong.response.setHeader('x-hello-from-javascript', `JavaScript says ${message} to ${host}`),
      kong.response.setHeader('x-javascript-pid', process.pid),
    ])
  }
}

module.exports = {
  Plugin: HelloPlugin,
  Schema: [{ message: { type: 'string', len_min: 2 } }],
  Version: '0.1.0',
  Priority: 0,
}
