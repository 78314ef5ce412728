import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { createMemoryStore, type Store } from '@postern/store'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { ConfigError } from '../config/config-error.ts'
import { loadConfig } from '../config/load-config.ts'
import { createFunctionEngine } from '../functions/function-engine.ts'
import { createKongLog } from '../kong-log.ts'
import { createOperatorLog } from '../operator-log.ts'
import { loadPluginCatalog } from '../plugin-catalog.ts'
import { describePlugins } from '../plugin-descriptions.ts'
import { createDeclarativeSource, type DeclarativeSource } from './declarative-source.ts'
import { describeLoad } from './describe-load.ts'

const folders: string[] = []
afterEach(() => {
  vi.useRealTimers()
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true })
})

interface Opened {
  readonly source: DeclarativeSource
  readonly store: Store
  /** Writes the file and loads it; answers the line that tells of it, without its time. */
  load(text: string): Promise<string>
}

async function open(): Promise<Opened> {
  const folder = mkdtempSync(path.join(tmpdir(), 'postern-source-'))
  folders.push(folder)
  const { config } = loadConfig({ env: {}, folder })
  const catalog = await loadPluginCatalog(config.plugins)
  const { entities } = catalog
  const store = createMemoryStore({ entities })
  const engine = createFunctionEngine(config, { log: createKongLog(createOperatorLog('emerg')) })
  const plugins = describePlugins(catalog, engine)
  const file = path.join(folder, 'kong.yml')
  const source = createDeclarativeSource({ config, entities, plugins, store, file })
  return {
    source,
    store,
    async load(text) {
      writeFileSync(file, `_format_version: "3.0"\n${text}`)
      return describeLoad(await source.load()).replace(/ in \d+ ms/, '')
    },
  }
}

const ORDERS = 'services:\n- {name: orders, host: orders.test}\n'
const WITH_ROUTE = `${ORDERS}routes:\n- {name: all, paths: [/], service: orders}\n`

describe('createDeclarativeSource()', () => {
  it('puts what is in the file in the place of what was there', async () => {
    const { load, store } = await open()
    expect(await load(WITH_ROUTE)).toBe('revision 1: 1 service added, 1 route added')
    expect(
      await load('services:\n- {name: orders, host: b.test}\n- {name: new, host: c.test}\n'),
    ).toBe('revision 2: 1 service added, 1 service changed, 1 route removed')
    const { entities } = await store.readAll()
    expect(entities.services?.map(({ host }) => host).toSorted()).toEqual(['b.test', 'c.test'])
    expect(entities.routes).toEqual([])
  })

  it('writes nothing when nothing has changed', async () => {
    const { load } = await open()
    await load(WITH_ROUTE)
    expect(await load(`# a remark\n${WITH_ROUTE}`)).toBe('revision 1: nothing changed')
  })

  it('keeps entities without a name what they are', async () => {
    const { load } = await open()
    await load(`${ORDERS}routes:\n- {paths: [/a]}\n`)
    expect(await load(`${ORDERS}routes:\n- {paths: [/b]}\n- {paths: [/a]}\n`)).toBe(
      'revision 2: 1 route added',
    )
  })

  it('lets two entities change names', async () => {
    const { load } = await open()
    const id = (digit: number) => `11111111-1111-4111-8111-11111111111${digit}`
    const named = (one: string, two: string) =>
      `consumers:\n- {id: ${id(1)}, username: ${one}}\n- {id: ${id(2)}, username: ${two}}\n`
    await load(named('ann', 'bob'))
    expect(await load(named('bob', 'ann'))).toBe('revision 2: 2 consumers changed')
  })

  it('keeps the times of what is as it was', async () => {
    vi.useFakeTimers({ toFake: ['Date'], now: 1_000_000 })
    const { load, store } = await open()
    await load(WITH_ROUTE)
    vi.setSystemTime(2_000_000)
    await load(`${WITH_ROUTE}- {name: more, paths: [/more]}\n`)
    const { entities } = await store.readAll()
    const times = Object.values(entities).flatMap((rows) =>
      rows.map(({ name, created_at: created }) => [name, created]),
    )
    expect(Object.fromEntries(times)).toEqual({ orders: 1000, all: 1000, more: 2000 })
  })

  it.each([
    ['YAML', 'services: ['],
    ['an entity', 'services:\n- {host: "a b"}\n'],
    [
      'an order of plugins that goes in circles',
      `plugins:
- {name: key-auth, ordering: {before: {access: [request-termination]}}}
- {name: request-termination, config: {}, ordering: {before: {access: [key-auth]}}}
`,
    ],
    ['an expression that no router runs', 'routes:\n- {paths: ["~/(a"]}\n'],
  ])('changes nothing when %s is broken', async (_what, text) => {
    const { load, store } = await open()
    await load(WITH_ROUTE)
    const before = await store.readAll()
    await expect(load(text)).rejects.toBeInstanceOf(ConfigError)
    expect(await store.readAll()).toEqual(before)
    expect(await load(WITH_ROUTE)).toBe('revision 1: nothing changed')
  })

  it('tells what the schema takes and no worker could serve at its place', async () => {
    const { load } = await open()
    const text = `plugins:
- name: key-auth
  ordering: {before: {access: [request-termination]}}
- name: request-termination
  ordering: {before: {access: [key-auth]}}
`
    const error = await load(text).catch((caught: unknown) => caught)
    const { problems } = error as ConfigError
    expect(problems.map(({ line, message }) => [line, message.slice(0, 35)])).toEqual([
      [4, 'plugins[0].ordering: goes in circle'],
      [6, 'plugins[1].ordering: goes in circle'],
    ])
  })

  it('puts back what was there before', async () => {
    const { load, store, source } = await open()
    await load(WITH_ROUTE)
    const { entities } = await store.readAll()
    await load(ORDERS.replace('orders.test', 'b.test'))
    await source.undo()
    expect((await store.readAll()).entities).toEqual(entities)
    expect(await load(WITH_ROUTE)).toContain('nothing changed')
  })
})
