'use strict'

// Lets nobody in who does not say who they are: a 403 without the header `userid`.
class StatusPlugin {
  constructor(config) {
    this.config = config
  }

  async access(kong) {
    const user = await kong.request.get_header('userid')
    if (!user) {
      return kong.response.exit(this.config.status, { message: this.config.message })
    }
    await kong.service.request.set_header('x-userid', user)
  }
}

module.exports = {
  Plugin: StatusPlugin,
  Name: 'JS-Status',
  Schema: [
    { status: { type: 'number', default: 403, between: [400, 499] } },
    { message: { type: 'string', default: 'tell who you are in the header userid' } },
  ],
  Version: '0.1.0',
  Priority: 1000,
}
