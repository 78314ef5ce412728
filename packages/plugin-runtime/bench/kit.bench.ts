// What the functions of the kit cost that plugins call most: setting headers, and leaving.
import { HeaderList } from '@postern/pdk-response'
import { type Kong, type Plugin, type PhaseContext, runPhase } from '../src/index.ts'
import { testContext, testPlugin } from '../test/test-context.ts'
import { compare, type Way } from './paired.ts'

const TIMES = 10_000

await compareHeaders()
await compareExits()

async function compareHeaders(): Promise<void> {
  const { ctx } = testContext()
  ctx.phase = 'header_filter'
  const list = new HeaderList()
  const { response } = ctx.kong
  const ways = [
    way('HeaderList.set()', () => list.set('X-Greeting', 'hello')),
    way('kong.response.setHeader()', () => response.setHeader('X-Greeting', 'hello')),
    way('kong.response.setHeaders() of three', () =>
      response.setHeaders({ 'X-Greeting': 'hello', 'X-A': '1', 'X-B': 2 }),
    ),
  ]
  for (const one of ways) await one.run(1)
  const set = [list.get('x-greeting'), response.getHeader('X-Greeting'), response.getHeader('x-b')]
  if (set.join() !== 'hello,hello,2') throw new Error(`headers are ${set.join()}`)
  await compare('a header is set', ways, TIMES)
}

async function compareExits(): Promise<void> {
  const body = { message: 'no' }
  const ways = [
    exits('no exit', undefined, () => undefined),
    exits('exit, returning', 403, (kong) =>
      kong.response.exit(403, body, undefined, { leave: 'return' }),
    ),
    exits('exit', 403, (kong) => kong.response.exit(403, body)),
    exits('error, returning', 401, (kong) =>
      kong.response.error(401, 'no', undefined, { leave: 'return' }),
    ),
    exits('error', 401, (kong) => kong.response.error(401, 'no')),
    exits('a plugin that throws', 500, () => {
      throw new Error('x')
    }),
  ]
  await compare('access of one plugin', ways, TIMES)
}

/** A phase with one plugin, seen to end as it should. */
function exits(name: string, status: number | undefined, access: (kong: Kong) => void): Way {
  const plugin: Plugin = testPlugin('p', { access: access as never })
  const { ctx, lines } = testContext({ plugins: [plugin] })
  const run = (): void => leave(ctx, lines)
  run()
  if (ctx.exit?.status !== status) throw new Error(`${name} ends with ${ctx.exit?.status}`)
  return way(name, run)
}

function leave(ctx: PhaseContext, lines: string[]): void {
  ctx.exit = undefined
  lines.length = 0
  void runPhase(ctx, 'access')
}

function way(name: string, once: () => void): Way {
  return {
    name,
    run(times) {
      for (let i = 0; i < times; i++) once()
    },
  }
}
