// The TypeScript form, as kong-pdk documents it: the type of `kong` is imported, and nothing else.
// @ts-nocheck
import kong from 'kong-pdk/kong'

interface Config {
  readonly message?: string
  readonly languages: readonly string[]
}

class HelloPlugin {
  constructor(private readonly config: Config) {}

  async access(kong: kong): Promise<void> {
    const asked = ((await kong.request.getHeader('accept-language')) ?? '').slice(0, 2)
    const language: string = this.config.languages.includes(asked) ? asked : 'en'
    await kong.response.setHeader('x-hello', `${this.config.message ?? 'hello'} (${language})`)
  }
}

module.exports = {
  Plugin: HelloPlugin,
  Schema: [
    { message: { type: 'string' } },
    { languages: { type: 'array', elements: { type: 'string' }, default: ['de', 'en'] } },
  ],
  Version: '0.1.0',
  Priority: 5,
}
