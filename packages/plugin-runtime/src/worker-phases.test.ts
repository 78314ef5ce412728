import { describe, expect, it } from 'vitest'
import { instanceOf, testContext, testPlugin } from '../test/test-context.ts'
import { configurePlugins, type Plugin, startPlugins, type WorkerHost } from './index.ts'

function host(timeoutMs?: number): { host: WorkerHost; lines: string[] } {
  const { ctx, lines } = testContext()
  const { node, log } = ctx
  return { host: { node, log, ...(timeoutMs !== undefined && { timeoutMs }) }, lines }
}

const plugin = (name: string, more: Partial<Plugin>, priority = 0): Plugin => ({
  ...testPlugin(name, {}, priority),
  ...more,
})

const never = (): Promise<never> => new Promise(() => undefined)
const fails = (): never => {
  throw new Error('no')
}

describe('startPlugins()', () => {
  it('runs init_worker in the order of priorities, one after the other', async () => {
    const ran: string[] = []
    const says = (name: string, priority: number): Plugin =>
      plugin(
        name,
        {
          async init_worker() {
            await Promise.resolve()
            ran.push(name)
          },
        },
        priority,
      )
    const { host: at } = host()
    expect(await startPlugins([says('a', 1), plugin('b', {}), says('c', 2)], at)).toEqual([])
    expect(ran).toEqual(['c', 'a'])
  })

  it('offers what belongs to no request, and refuses the rest', async () => {
    const seen: unknown[] = []
    const { host: at, lines } = host()
    const reads = plugin('p', {
      init_worker(kong) {
        seen.push(
          kong.node.getHostname(),
          kong.cache.get('k', {}, () => 1),
        )
        // @ts-expect-error: there is no request
        kong.request.getMethod()
      },
    })
    expect(await startPlugins([reads], at)).toEqual(['p'])
    expect(seen).toEqual(['node-1', 1])
    expect(lines.join()).toContain('function cannot be called in init_worker phase')
  })

  it.each([
    { what: 'throws', init_worker: fails, logged: 'Error: no' },
    { what: 'rejects', init_worker: () => Promise.reject(new Error('no')), logged: 'Error: no' },
    { what: 'never settles', init_worker: never, logged: 'has not ended after 20 ms' },
  ])('logs one that $what, and runs the others', async ({ init_worker, logged }) => {
    const ran: string[] = []
    const { host: at, lines } = host(20)
    const others = plugin('a', { init_worker: () => void ran.push('a') })
    expect(await startPlugins([plugin('b', { init_worker }), others], at)).toEqual(['b'])
    expect(ran).toEqual(['a'])
    expect(lines).toEqual([expect.stringMatching(/^err: \[b\] init_worker failed: /)])
    expect(lines[0]).toContain(logged)
  })
})

describe('configurePlugins()', () => {
  it('hands over all configurations of a plugin, undefined when there are none', async () => {
    const seen: unknown[] = []
    const configure = (configs: readonly unknown[] | undefined): void => void seen.push(configs)
    const instances = [
      instanceOf('p', {}, { config: { a: 1 } }),
      instanceOf('p', { route: 'r' }, { config: { a: 2 } }),
      instanceOf('p', { route: 's' }, { config: { a: 3 }, enabled: false }),
      instanceOf('other'),
    ]
    const plugins = [plugin('p', { configure }), plugin('unused', { configure })]
    await configurePlugins(plugins, instances, host().host)
    expect(seen).toEqual([undefined, [{ a: 1 }, { a: 2 }]])
  })

  it('logs a failure, and goes on', async () => {
    const seen: unknown[] = []
    const { host: at, lines } = host()
    const plugins = [
      plugin('b', { configure: fails }),
      plugin('a', { configure: () => void seen.push('a') }),
    ]
    await configurePlugins(plugins, [], at)
    expect(seen).toEqual(['a'])
    expect(lines[0]).toMatch(/^err: failed to execute plugin 'b:configure \(Error: no/)
  })
})
