import { describe, expect, it } from 'vitest'
import { consumer, instanceOf, testContext, testPlugin } from '../test/test-context.ts'
import { pdkFunctions } from './pdk-functions.ts'
import {
  type BodyPhase,
  definePlugin,
  type Handlers,
  needsBody,
  type Plugin,
  runExitHooks,
  runPhase,
} from './index.ts'

const JSON_TYPE = ['Content-Type', 'application/json']
const getBody = pdkFunctions.find(({ name }) => name === 'request.get_body')

/** A plugin that reads the body as Lua does: at once, or not at all. */
function luaLike(name: string, phase: BodyPhase, seen: unknown[]): Plugin {
  const handlers: Handlers<unknown> = {
    [phase]: (kong: never) => void seen.push(getBody?.call(kong, [])),
  }
  return withNeeds(testPlugin(name, handlers), (asked) => asked === phase)
}

function withNeeds(plugin: Plugin, needs: NonNullable<Plugin['needsBody']>): Plugin {
  return definePlugin({ ...plugin, needsBody: needs })
}

describe('a plugin that needs the body', () => {
  it.each(['rewrite', 'access', 'response'] as const)(
    'finds it read in %s, without a promise',
    async (phase) => {
      const seen: unknown[] = []
      const plugins = [luaLike('p', phase, seen)]
      const { ctx } = testContext({ plugins, headers: JSON_TYPE, body: '{"a":1}' })
      await runPhase(ctx, 'rewrite')
      await runPhase(ctx, 'access')
      if (phase === 'response') await runPhase(ctx, 'response')
      expect(seen).toEqual([[{ a: 1 }, undefined, 'application/json']])
    },
  )

  it('finds it read where an exit comes before access', async () => {
    const seen: unknown[] = []
    const plugins = [luaLike('p', 'exit', seen)]
    const { ctx } = testContext({ plugins, headers: JSON_TYPE, body: '{"a":1}' })
    await runExitHooks(ctx, { status: 404 } as never)
    expect(seen).toEqual([[{ a: 1 }, undefined, 'application/json']])
  })

  it('does not read what is on its way to the Service', () => {
    const plugins = [
      withNeeds(testPlugin('p', { exit: (_kong, _config, exit) => exit }), () => true),
    ]
    const { ctx } = testContext({ plugins })
    const exit = { status: 502 } as never
    ctx.response.proxied = true
    expect(runExitHooks(ctx, exit)).toBe(exit)
    expect(ctx.body).toBeUndefined()
  })

  it('is asked once, with what prepare answered', () => {
    const asked: unknown[] = []
    const plugin = withNeeds(
      { ...testPlugin('p', {}), prepare: () => 'ready' },
      (phase, config, prepared) => asked.push([phase, config, prepared]) > 99,
    )
    testContext({ plugins: [plugin] })
    const phases = ['rewrite', 'access', 'response', 'exit']
    expect(asked).toEqual(phases.map((phase) => [phase, {}, 'ready']))
  })

  it('refuses a configuration it fails at', () => {
    const plugin = withNeeds(testPlugin('p', {}), () => {
      throw new Error('no')
    })
    expect(() => testContext({ plugins: [plugin] })).toThrow(
      'plugin "p" (p:-:-:-) cannot use its configuration: no',
    )
  })
})

describe('needsBody()', () => {
  const p = (phase: BodyPhase): Plugin => luaLike('p', phase, [])

  it.each([
    { plugin: p('rewrite'), rewrite: true, access: false },
    { plugin: p('access'), rewrite: false, access: true },
    { plugin: p('response'), rewrite: false, access: true },
    { plugin: p('exit'), rewrite: false, access: true },
    { plugin: testPlugin('p', {}), rewrite: false, access: false },
  ])('tells before which phase ($rewrite, $access)', ({ plugin, rewrite, access }) => {
    const { ctx } = testContext({ plugins: [plugin] })
    expect([needsBody(ctx, 'rewrite'), needsBody(ctx, 'access')]).toEqual([rewrite, access])
  })

  it('counts what may apply once a Consumer is known', () => {
    const plugins = [p('access')]
    const instances = [instanceOf('p', { consumer: 'c' })]
    const { ctx } = testContext({ plugins, instances })
    expect(needsBody(ctx, 'access')).toBe(true)
  })

  it('is false once the body was read, or could not be', async () => {
    const read = testContext({ plugins: [p('access')] }).ctx
    await read.readBody()
    const broken = testContext({ plugins: [p('access')], readBody: tooLarge }).ctx
    await broken.readBody().catch(() => undefined)
    expect([needsBody(read, 'access'), needsBody(broken, 'access')]).toEqual([false, false])
  })

  it('is what runPhase would wait for, so that it does not have to', async () => {
    const { ctx } = testContext({ plugins: [p('access')], body: '{}' })
    await ctx.readBody()
    expect(runPhase(ctx, 'access')).toBeUndefined()
  })
})

describe('a body that cannot be read', () => {
  it('is told as nil and a message, and remembered with its cause', async () => {
    const seen: unknown[] = []
    const plugins = [luaLike('p', 'access', seen)]
    const { ctx } = testContext({ plugins, headers: JSON_TYPE, readBody: tooLarge })
    await runPhase(ctx, 'access')
    expect(seen).toEqual([
      [undefined, 'request body cannot be read: too large', 'application/json'],
    ])
    expect(ctx.exit).toBeUndefined()
    expect(ctx.bodyFailure).toMatchObject({ code: 'POSTERN_PLUGIN_UNAVAILABLE' })
    expect(ctx.bodyFailure?.cause).toEqual(new Error('too large'))
  })

  it('is remembered when a plugin lets the client through all the same', async () => {
    const anonymous = testPlugin('auth', {
      async access(kong) {
        try {
          await kong.request.getBody()
        } catch {
          kong.client.authenticate(consumer('anonymous'))
        }
      },
    })
    const { ctx } = testContext({ plugins: [anonymous], headers: JSON_TYPE, readBody: tooLarge })
    await runPhase(ctx, 'access')
    expect([ctx.exit, ctx.consumer?.id]).toEqual([undefined, 'anonymous'])
    expect(ctx.bodyFailure).toBeInstanceOf(Error)
  })

  it('is not tried again', async () => {
    let tries = 0
    const readBody = (): Promise<never> => {
      tries++
      return tooLarge()
    }
    const { ctx } = testContext({ readBody, headers: JSON_TYPE })
    ctx.phase = 'access'
    await expect(ctx.kong.request.getRawBody()).rejects.toThrow('too large')
    expect(() => ctx.kong.request.getRawBody()).toThrow('too large')
    expect(() => ctx.kong.request.getBody()).toThrow('too large')
    expect(tries).toBe(1)
  })
})

function tooLarge(): Promise<never> {
  return Promise.reject(new Error('too large'))
}
