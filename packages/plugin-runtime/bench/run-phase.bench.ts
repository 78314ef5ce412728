// What a phase costs whose plugins have nothing to wait for: as runPhase does it, and when every
// handler is awaited.
import { type PhaseContext, runPhase } from '../src/index.ts'
import { consumer, instanceOf, testContext, testPlugin } from '../test/test-context.ts'
import { compare, type Way } from './paired.ts'

const PHASES = 10_000

const ran: string[] = []
let recording = false

for (const plugins of [1, 4, 8]) {
  await comparePhases(`${plugins} plugins`, contextOf(plugins, 'global'))
}
await comparePhases('4 plugins, the Consumer decides', contextOf(4, 'by Consumer'))

async function comparePhases(title: string, ctx: PhaseContext): Promise<void> {
  const ways: readonly Way[] = [
    {
      name: 'runPhase()',
      run(times) {
        for (let i = 0; i < times; i++) void runPhase(ctx, 'access')
      },
    },
    {
      name: 'the same, awaited by the host',
      async run(times) {
        for (let i = 0; i < times; i++) await runPhase(ctx, 'access')
      },
    },
    {
      name: 'awaiting every handler',
      async run(times) {
        for (let i = 0; i < times; i++) await awaitAll(ctx)
      },
    },
  ]
  for (const way of ways) await check(ctx, way)
  await compare(title, ways, PHASES)
}

/** Each handler has to run once, in the order of priorities. */
async function check(ctx: PhaseContext, way: Way): Promise<void> {
  ran.length = 0
  recording = true
  await way.run(1)
  recording = false
  const expected = ctx.plugins.access.map((step) => step.owner.name).join('')
  if (ran.join('') !== expected || expected === '')
    throw new Error(`${way.name} ran ${ran.join('')}`)
}

async function awaitAll(ctx: PhaseContext): Promise<void> {
  ctx.phase = 'access'
  ctx.interrupted = false
  for (const step of ctx.plugins.access) {
    ctx.runningPlugin = step.owner
    try {
      await step.run(ctx.kong)
    } catch (error) {
      ctx.log.err(error)
    }
    if (ctx.interrupted) return
  }
}

function contextOf(count: number, how: 'global' | 'by Consumer'): PhaseContext {
  const names = [...'abcdefgh'].slice(0, count)
  const plugins = names.map((name) =>
    testPlugin(name, {
      access(kong) {
        if (recording) ran.push(name)
        kong.request.getMethod()
      },
    }),
  )
  const instances = names.flatMap((name) =>
    how === 'global' ? [instanceOf(name)] : [instanceOf(name), instanceOf(name, { consumer: 'c' })],
  )
  const { ctx } = testContext({ plugins, instances })
  if (how === 'by Consumer') ctx.consumer = consumer('c')
  return ctx
}
