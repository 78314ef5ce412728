import type { Exit } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
import { instanceOf, testContext, testPlugin } from '../test/test-context.ts'
import { type Handlers, type Kong, runExitHooks, runPhase } from './index.ts'

const EXIT: Exit = {
  status: 401,
  body: { message: 'no' },
  headers: undefined,
  source: 'exit',
  kind: 'ordinary',
  reason: 'test',
  message: 'no',
  phase: 'access',
  plugin: 'auth',
}

type Hook = NonNullable<Handlers<Readonly<Record<string, unknown>>>['exit']>

function passed(...hooks: readonly Hook[]) {
  const plugins = hooks.map((exit, i) => testPlugin(`p${i}`, { exit }, -i))
  const { ctx, lines } = testContext({ plugins })
  ctx.phase = 'access'
  return { ctx, lines, sent: runExitHooks(ctx, EXIT) }
}

describe('runExitHooks()', () => {
  it('answers the Exit itself where nobody has a hook', () => {
    expect(passed().sent).toBe(EXIT)
  })

  it('passes what one hook answers to the next', () => {
    const { sent, ctx } = passed(
      (_kong, _config, exit) => ({ ...exit, status: 418 }),
      (_kong, _config, exit) => ({ ...exit, body: `was ${exit.status}` }),
    )
    expect(sent).toEqual({ ...EXIT, status: 418, body: 'was 418' })
    expect(ctx.exit).toBe(sent)
  })

  it('waits for a hook that waits', async () => {
    const { sent } = passed(
      (_kong, _config, exit) => Promise.resolve({ ...exit, status: 402 }),
      (_kong, _config, exit) => ({ ...exit, status: exit.status + 1 }),
    )
    expect(await sent).toMatchObject({ status: 403 })
  })

  it.each<readonly [string, (kong: Kong<'exit'>) => unknown]>([
    [
      'throws',
      () => {
        throw new Error('broken')
      },
    ],
    ['rejects', () => Promise.reject(new Error('broken'))],
    [
      'throws no error',
      () => {
        throw undefined
      },
    ],
    ['answers nothing', () => undefined],
    ['answers null', () => null],
    ['answers a text', () => 'x'],
    ['answers no status', () => ({ body: 'x' })],
    ['answers a status that is none', () => ({ ...EXIT, status: 99 })],
    ['answers a status that is no number', () => ({ ...EXIT, status: '200' })],
    ['answers a promise of nonsense', () => Promise.resolve(5)],
  ])('keeps the Exit of a hook that %s', async (_, hook) => {
    const { ctx, sent } = passed(hook as never)
    expect(await sent).toBe(EXIT)
    expect(ctx.exit).toBe(EXIT)
  })

  it('takes an exit made in a hook for its answer', () => {
    const { sent } = passed((kong) => kong.response.exit(200, 'maintenance'))
    expect(sent).toMatchObject({ status: 200, body: 'maintenance', plugin: 'p0' })
  })

  it('runs in a phase in which nearly everything may be called, and then goes back', () => {
    const seen: unknown[] = []
    const { ctx } = passed((kong, _config, exit) => {
      kong.response.setHeader('X-A', 'b')
      seen.push(kong.client.getConsumer(), kong.request.getMethod(), kong.response.getStatus())
      return exit
    })
    expect(seen).toEqual([undefined, 'GET', 200])
    expect(ctx.phase).toBe('access')
    expect(ctx.response.headers.get('x-a')).toBe('b')
  })

  it('runs the hook of the most specific instance', () => {
    const hook = testPlugin('p', {
      exit: (_kong, config, exit) => ({ ...exit, body: { ...config } }),
    })
    const instances = [
      instanceOf('p', {}, { config: { who: 'global' } }),
      instanceOf('p', { route: 'r' }, { config: { who: 'route' } }),
    ]
    const { ctx } = testContext({ plugins: [hook], instances })
    expect(runExitHooks(ctx, EXIT)).toMatchObject({ body: { who: 'global' } })
    ctx.route = { id: 'r' } as never
    void runPhase(ctx, 'access')
    expect(runExitHooks(ctx, EXIT)).toMatchObject({ body: { who: 'route' } })
  })
})
