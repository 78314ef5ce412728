import { EXIT_SIGNAL, renderExit, sourceOf } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
import {
  consumer,
  instanceOf,
  route,
  service,
  testContext,
  testPlugin,
} from '../test/test-context.ts'
import { hasSteps, type Kong, runPhase } from './index.ts'

/** Plugins a, b, c in that order, which say in `ran` that they ran; `b` does what the test is about. */
function three(phase: 'rewrite' | 'access' | 'response' | 'header_filter' | 'log', b: Handler) {
  const ran: string[] = []
  const says =
    (name: string): Handler =>
    () =>
      void ran.push(name)
  const plugins = [
    testPlugin('a', { [phase]: says('a') }, 3),
    testPlugin(
      'b',
      {
        [phase]: (kong: Kong) => {
          ran.push('b')
          return b(kong)
        },
      },
      2,
    ),
    testPlugin('c', { [phase]: says('c') }, 1),
  ]
  return { ...testContext({ plugins }), ran }
}

type Handler = (kong: Kong) => unknown

describe('runPhase()', () => {
  it('runs the handlers in order, and stays synchronous as long as they do', () => {
    const { ctx, ran } = three('access', () => undefined)
    expect(runPhase(ctx, 'access')).toBeUndefined()
    expect(ran).toEqual(['a', 'b', 'c'])
  })

  it('waits for a promise, and keeps the order', async () => {
    const { ctx, ran } = three('access', () => Promise.resolve())
    const pending = runPhase(ctx, 'access')
    expect(ran).toEqual(['a', 'b'])
    await pending
    expect(ran).toEqual(['a', 'b', 'c'])
  })

  it('waits for what is like a promise', async () => {
    const { ctx, ran } = three('access', () => withThen({ value: (done: () => void) => done() }))
    await runPhase(ctx, 'access')
    expect(ran).toEqual(['a', 'b', 'c'])
  })

  it.each(['x', 5, null, [], {}, withThen({ value: 5 }), () => 1])(
    'ignores that a handler answers %j',
    (value) => {
      const { ctx, ran } = three('access', () => value)
      expect(runPhase(ctx, 'access')).toBeUndefined()
      expect(ran).toEqual(['a', 'b', 'c'])
    },
  )

  it('tells which plugin runs', () => {
    const seen: unknown[] = []
    const { ctx } = three('access', (kong) => seen.push(kong.plugin.getId(), ctx.pluginName))
    void runPhase(ctx, 'access')
    expect(seen).toEqual(['b:-:-:-', 'b'])
  })
})

describe('an exit', () => {
  it.each(['rewrite', 'access', 'response'] as const)('ends %s', (phase) => {
    const { ctx, ran } = three(phase, (kong) => kong.response.exit(403, 'no'))
    void runPhase(ctx, phase)
    expect(ran).toEqual(['a', 'b'])
    expect(ctx.exit).toMatchObject({ status: 403, phase, plugin: 'b', source: 'exit' })
  })

  it('ends the phase when it comes late', async () => {
    const { ctx, ran } = three('access', async (kong) => {
      await Promise.resolve()
      kong.response.exit(403)
    })
    await runPhase(ctx, 'access')
    expect([ran, ctx.exit?.status]).toEqual([['a', 'b'], 403])
  })

  it('stays when a plugin swallows the signal, and the first one counts', () => {
    const { ctx, ran } = three('access', (kong) => {
      for (const status of [401, 402]) {
        try {
          kong.response.exit(status)
        } catch {
          // A plugin with a catch-all.
        }
      }
    })
    void runPhase(ctx, 'access')
    expect([ran, ctx.exit?.status]).toEqual([['a', 'b'], 401])
  })

  it('stays when the plugin fails after it', () => {
    const { ctx, lines } = three('access', (kong) => {
      try {
        kong.response.exit(401)
      } catch {
        throw new Error('after')
      }
    })
    void runPhase(ctx, 'access')
    expect(ctx.exit?.status).toBe(401)
    expect(lines.join()).toContain('err: [b] access failed: Error: after')
  })

  it('ends the phase for a handler that returns by itself', () => {
    const { ctx, ran } = three('access', (kong) => {
      kong.response.exit(401, undefined, undefined, { leave: 'return' })
      ran.push('returned')
    })
    void runPhase(ctx, 'access')
    expect([ran, ctx.exit?.status]).toEqual([['a', 'b', 'returned'], 401])
  })

  it('returns in header_filter: the rest runs, and the last one wins', () => {
    const { ctx, ran } = three('header_filter', (kong) => {
      kong.response.exit(401)
      kong.response.exit(402)
    })
    void runPhase(ctx, 'header_filter')
    expect([ran, ctx.exit?.status]).toEqual([['a', 'b', 'c'], 402])
  })

  it('ends header_filter where the setting says so', () => {
    const ran: string[] = []
    const plugins = [
      testPlugin('a', { header_filter: (kong) => kong.response.exit(401) }, 2),
      testPlugin('b', { header_filter: () => void ran.push('b') }, 1),
    ]
    const { ctx } = testContext({ plugins, settings: { headerFilterExit: 'stop' } })
    void runPhase(ctx, 'header_filter')
    expect([ran, ctx.exit?.status]).toEqual([[], 401])
  })

  it('is refused after the head was sent, and does not change the answer', () => {
    const { ctx } = three('header_filter', (kong) => kong.response.exit(401))
    ctx.response.headSent = true
    void runPhase(ctx, 'header_filter')
    expect(ctx.exit?.reason).toBe('plugin.crashed')
  })
})

describe('a failure', () => {
  const failures: readonly (readonly [string, () => unknown])[] = [
    ['an error', () => thrown(new Error('secret'))],
    ['a text', () => thrown('secret')],
    ['nothing', () => thrown(undefined)],
    ['an object that cannot be told', () => thrown({ toString: () => thrown('worse') })],
    ['an object without prototype', () => thrown(Object.create(null))],
    ['a rejected promise', () => Promise.reject(new Error('secret'))],
    ['the exit signal without an exit', () => thrown(EXIT_SIGNAL)],
    ['a then that throws', () => withThen({ get: () => thrown(new Error('secret')) })],
  ]

  it.each(failures)('answers 500 for %s, and skips the rest of access', async (_, fail) => {
    const { ctx, ran, lines } = three('access', fail)
    await runPhase(ctx, 'access')
    expect(ran).toEqual(['a', 'b'])
    expect(ctx.exit).toMatchObject({ status: 500, kind: 'unexpected', source: 'error' })
    expect(ctx.exit?.message).toBe('An unexpected error occurred')
    expect(JSON.stringify(ctx.exit)).not.toContain('secret')
    expect(lines.filter((line) => line.startsWith('err: [b] access failed'))).toHaveLength(1)
  })

  it.each(['rewrite', 'access', 'response', 'header_filter'] as const)(
    'answers 500 in %s',
    (phase) => {
      const { ctx, ran } = three(phase, () => thrown(new Error('x')))
      void runPhase(ctx, phase)
      expect([ran, ctx.exit?.status, ctx.exit?.phase]).toEqual([['a', 'b'], 500, phase])
      if (ctx.exit !== undefined) renderExit(ctx.exit, ctx)
      ctx.phase = 'header_filter'
      expect(sourceOf(ctx.response)).toBe('error')
    },
  )

  it('is only logged in log, where later handlers are skipped', () => {
    const { ctx, ran, lines } = three('log', () => thrown(new Error('x')))
    void runPhase(ctx, 'log')
    expect([ran, ctx.exit]).toEqual([['a', 'b'], undefined])
    expect(lines).toHaveLength(1)
  })

  it('leaves in JSON from access, and in the form of the server from elsewhere', () => {
    const bodyOf = (phase: 'rewrite' | 'access'): unknown => {
      const { ctx } = three(phase, () => thrown(new Error('x')))
      void runPhase(ctx, phase)
      return ctx.exit?.headers?.['Content-Type']
    }
    expect(bodyOf('access')).toBe('application/json; charset=utf-8')
    expect(bodyOf('rewrite')).toBe('text/plain; charset=utf-8')
  })
})

describe('a host that goes on while a handler waits', () => {
  it.each([
    { how: 'a fixed chain', more: [] },
    { how: 'a chain that the Consumer decides', more: [instanceOf('q', { consumer: 'c' })] },
  ])('sees no later handler of that phase begin ($how)', async ({ more }) => {
    const ran: string[] = []
    const waiting = Promise.withResolvers<void>()
    const plugins = [
      testPlugin('p', { access: () => waiting.promise, log: () => void ran.push('log p') }, 2),
      testPlugin(
        'q',
        { access: () => void ran.push('access q'), log: () => void ran.push('log q') },
        1,
      ),
    ]
    const instances = [instanceOf('p'), instanceOf('q'), ...more]
    const { ctx } = testContext({ plugins, instances })
    const pending = runPhase(ctx, 'access')
    void runPhase(ctx, 'log')
    const logged = [...ran]
    waiting.resolve()
    await pending
    expect(ran).toEqual(logged)
    expect(logged).toContain('log p')
  })

  it('sees the failure of the waiting handler in the log alone', async () => {
    const waiting = Promise.withResolvers<void>()
    const { ctx, lines } = testContext({
      plugins: [testPlugin('p', { access: () => waiting.promise })],
    })
    const pending = runPhase(ctx, 'access')
    void runPhase(ctx, 'log')
    waiting.reject(new Error('x'))
    await pending
    expect(ctx.exit).toBeUndefined()
    expect(lines).toEqual([expect.stringContaining('err: [p] access failed: Error: x')])
  })

  it('sees no handler begin when a body arrives too late', async () => {
    const ran: string[] = []
    const body = Promise.withResolvers<Uint8Array>()
    const plugin = testPlugin('p', { access: () => void ran.push('access') })
    const { ctx } = testContext({
      plugins: [{ ...plugin, needsBody: () => true }],
      readBody: () => body.promise,
    })
    const pending = runPhase(ctx, 'access')
    void runPhase(ctx, 'log')
    body.resolve(new Uint8Array())
    await pending
    expect(ran).toEqual([])
  })
})

describe('requests that collect the same plugins', () => {
  const names = [...'abcdefghijkl']
  const plugins = [testPlugin('p', { log: () => undefined })]
  const instances = [instanceOf('p'), ...names.map((name) => instanceOf('p', { consumer: name }))]

  it('share a set, and those that do not, do not', () => {
    const first = testContext({ plugins, instances }).ctx
    const collect = (name: string) => {
      first.consumer = consumer(name)
      void runPhase(first, 'access')
      return first.plugins
    }
    const sets = names.map(collect)
    expect(new Set(sets).size).toBe(names.length)
    expect(collect('l')).toBe(sets.at(-1))
    expect(sets.map((set) => set.plugins[0]?.instance.consumer?.id)).toEqual(names)
    expect(collect('a').plugins[0]?.instance.consumer?.id).toBe('a')
  })
})

describe('the plugins of a request', () => {
  const ranOf = (ctx: ReturnType<typeof testContext>['ctx']): string[] =>
    ctx.plugins.plugins.map((compiled) => compiled.instance.id)

  it('are the global ones in rewrite, and before access has run', () => {
    const plugin = testPlugin('p', { rewrite: (kong) => kong.response.exit(200) })
    const instances = [instanceOf('p', { route: 'r' })]
    const { ctx } = testContext({ plugins: [plugin], instances })
    ctx.route = route('r')
    void runPhase(ctx, 'rewrite')
    expect([ctx.exit, ranOf(ctx)]).toEqual([undefined, []])
  })

  it('are collected in access, also those without an access handler', () => {
    const plugins = [testPlugin('p', { log: () => undefined }), testPlugin('q', {})]
    const instances = [instanceOf('p', { route: 'r' }), instanceOf('q')]
    const { ctx } = testContext({ plugins, instances })
    ctx.route = route('r')
    void runPhase(ctx, 'access')
    expect(ranOf(ctx)).toEqual(['q:-:-:-', 'p:r:-:-'])
    expect([hasSteps(ctx, 'log'), hasSteps(ctx, 'header_filter')]).toEqual([true, false])
  })

  it.each([
    { what: 'an exit', leave: (kong: Kong) => kong.response.exit(401) },
    { what: 'a failure', leave: () => thrown(new Error('x')) },
  ])('are collected to the end after $what', ({ leave }) => {
    const ran: string[] = []
    const later = { access: () => void ran.push('access'), log: () => void ran.push('log') }
    const plugins = [testPlugin('p', { access: leave as never }, 2), testPlugin('q', later, 1)]
    const instances = [instanceOf('p'), instanceOf('q', { consumer: 'c' }), instanceOf('q')]
    const { ctx } = testContext({ plugins, instances })
    void runPhase(ctx, 'access')
    void runPhase(ctx, 'log')
    expect([ranOf(ctx), ran]).toEqual([['p:-:-:-', 'q:-:-:-'], ['log']])
  })

  it.each(['sync', 'async'])('count a Consumer that was found half-way (%s)', async (how) => {
    const seen: string[] = []
    const authenticate = (kong: Kong<'access'>): void => kong.client.authenticate(consumer('c'))
    const plugins = [
      testPlugin(
        'before',
        { access: (kong) => void seen.push(`before ${kong.plugin.getId()}`) },
        3,
      ),
      testPlugin(
        'auth',
        {
          access: (kong) =>
            how === 'sync' ? authenticate(kong) : Promise.resolve(kong).then(authenticate),
        },
        2,
      ),
      testPlugin('after', { access: (kong) => void seen.push(`after ${kong.plugin.getId()}`) }, 1),
    ]
    const instances = [
      instanceOf('auth'),
      ...['before', 'after'].flatMap((name) => [
        instanceOf(name),
        instanceOf(name, { consumer: 'c' }),
      ]),
    ]
    const { ctx } = testContext({ plugins, instances })
    await runPhase(ctx, 'access')
    expect(seen).toEqual(['before before:-:-:-', 'after after:-:-:c'])
  })

  it('switch buffering on when one has a response handler', () => {
    const { ctx } = testContext({ plugins: [testPlugin('p', { response: () => undefined })] })
    void runPhase(ctx, 'access')
    expect(ctx.upstreamRequest.buffering).toBe(true)
  })

  it('know a Service without a Route', () => {
    const { ctx } = testContext({
      plugins: [testPlugin('p', {})],
      instances: [instanceOf('p', { service: 's' })],
    })
    ctx.service = service('s')
    void runPhase(ctx, 'preread')
    expect(ranOf(ctx)).toEqual(['p:-:s:-'])
  })
})

function thrown(value: unknown): never {
  throw value
}

/** An object that may or may not be like a promise. */
function withThen(descriptor: PropertyDescriptor): object {
  return Object.defineProperty({}, ['th', 'en'].join(''), descriptor)
}
