// What a phase of four plugins costs that have nothing to wait for: as runPhase does it, and when
// every handler is awaited.
import { type PhaseContext, runPhase } from '../src/index.ts'
import { testContext, testPlugin } from '../test/test-context.ts'

const ROUNDS = 30
const REQUESTS = 5_000

const plugins = ['a', 'b', 'c', 'd'].map((name) =>
  testPlugin(name, { access: (kong) => void kong.request.getMethod() }),
)
const { ctx } = testContext({ plugins })

const WAYS: Readonly<Record<string, (ctx: PhaseContext) => void | Promise<void>>> = {
  'runPhase()': (ctx) => runPhase(ctx, 'access'),
  'awaiting every handler': awaitAll,
}

for (const [name, way] of Object.entries(WAYS)) {
  let fastest = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) fastest = Math.min(fastest, await cpuNs(way))
  console.log(`${name}: ${fastest.toFixed(0)} ns of CPU`)
}

async function cpuNs(way: (ctx: PhaseContext) => void | Promise<void>): Promise<number> {
  const before = process.cpuUsage()
  for (let i = 0; i < REQUESTS; i++) {
    const pending = way(ctx)
    if (pending !== undefined) await pending
  }
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1_000) / REQUESTS
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
