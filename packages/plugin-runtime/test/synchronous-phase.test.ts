import { createHook } from 'node:async_hooks'
import type { Exit } from '@postern/pdk-response'
import { describe, expect, it } from 'vitest'
import {
  type Handled,
  type Handlers,
  type Kong,
  type PhaseContext,
  runBodyFilter,
  runExitHooks,
  runPhase,
} from '../src/index.ts'
import { consumer, instanceOf, testContext, testPlugin } from './test-context.ts'

/** How many promises come to life while `work` runs. */
function promisesIn(work: () => void): number {
  let promises = 0
  const hook = createHook({ init: (_id, type) => void (promises += type === 'PROMISE' ? 1 : 0) })
  hook.enable()
  work()
  hook.disable()
  return promises
}

type Does = (kong: Kong) => Handled
type RunPhase = Parameters<typeof runPhase>[1]

/** Every phase of a request: how it is run with handlers that all do the same. */
const PHASES: Readonly<Record<string, (does: Does) => () => void>> = {
  certificate: inPhase('certificate'),
  rewrite: inPhase('rewrite'),
  preread: inPhase('preread'),
  access: inPhase('access'),
  response: inPhase('response'),
  header_filter: inPhase('header_filter'),
  log: inPhase('log'),
  body_filter: (does) => {
    const ctx: PhaseContext = contextOf({ body_filter: () => void does(ctx.kong) })
    ctx.phase = 'body_filter'
    return () => {
      try {
        runBodyFilter(ctx, Buffer.from('piece'), false)
        runBodyFilter(ctx, undefined, true)
      } catch {
        // What a handler throws ends the body, and is logged before it gets here.
      }
    }
  },
  exit: (does) => {
    const ctx: PhaseContext = contextOf({
      exit: (_kong, _config, exit) => {
        void does(ctx.kong)
        return exit
      },
    })
    ctx.exit = EXIT
    return () => void runExitHooks(ctx, EXIT)
  },
}

function inPhase(phase: RunPhase): (does: Does) => () => void {
  return (does) => {
    const ctx = contextOf({ [phase]: (kong: Kong) => does(kong) })
    return () => void runPhase(ctx, phase)
  }
}

function contextOf(handlers: Handlers<Readonly<Record<string, unknown>>>): PhaseContext {
  const plugins = ['a', 'b', 'c', 'd'].map((name) => testPlugin(name, handlers))
  const { ctx } = testContext({ plugins })
  // The first use of `kong` makes it.
  void ctx.kong.log
  return ctx
}

const EXIT: Exit = {
  status: 403,
  body: 'no',
  headers: undefined,
  source: 'exit',
  kind: 'ordinary',
  reason: 'test',
  message: 'no',
  phase: 'access',
  plugin: undefined,
}

describe('a phase of handlers that do not wait', () => {
  const handlers: Readonly<Record<string, Does>> = {
    'use the kit': (kong) => kong.log.debug(kong.node.getId()),
    exit: (kong) => kong.response.exit(403, { message: 'no' }),
    fail: () => expect.unreachable(),
  }
  const rows = Object.entries(PHASES).flatMap(([phase, runner]) =>
    Object.entries(handlers).map(([what, does]) => ({ phase, what, runner, does })),
  )

  it.each(rows)('makes no promise in $phase where they $what', ({ runner, does }) => {
    let calls = 0
    const run = runner((kong) => {
      calls++
      return does(kong)
    })
    expect(promisesIn(run)).toBe(0)
    expect(calls).toBeGreaterThan(0)
  })

  it('makes none where the Consumer decides which plugins apply', () => {
    const plugins = ['a', 'b', 'c', 'd'].map((name) =>
      testPlugin(name, { access: (kong) => kong.client.authenticate(consumer('c')) }),
    )
    const instances = ['a', 'b', 'c', 'd'].flatMap((name) => [
      instanceOf(name),
      instanceOf(name, { consumer: 'c' }),
    ])
    const { ctx } = testContext({ plugins, instances })
    expect(promisesIn(() => void runPhase(ctx, 'access'))).toBe(0)
  })

  it.each(Object.keys(PHASES).filter((phase) => phase !== 'body_filter' && phase !== 'exit'))(
    'makes them in %s as soon as one of them waits',
    (phase) => {
      const run = PHASES[phase]?.(() => Promise.resolve())
      expect(promisesIn(() => run?.())).toBeGreaterThan(0)
    },
  )
})
