import { type RunningProgram, startProgram } from './start-program.ts'

/** The engines that hostile cases are played against: `POSTERN_TEST_ENGINES=node,postern`. */
export const TESTED_ENGINES: readonly string[] = (
  process.env['POSTERN_TEST_ENGINES'] ?? 'node,postern'
).split(',')

/** Keys of Consumers, which no log may hold. */
export const KEYS: readonly string[] = ['alice-key', 'bob-key']

const SETTINGS = {
  workers: '0',
  client_max_body_size: '1m',
  client_header_timeout: '2s',
  client_body_timeout: '2s',
  client_request_timeout: '5s',
  keepalive_timeout: '2s',
  send_timeout: '5s',
}

/** Starts the program as the cases describe it: limits, Routes and Consumers. */
export async function startHostileGateway(
  engine: string,
  upstreamPort: number,
  settings: Readonly<Record<string, string>> = {},
): Promise<RunningProgram> {
  const program = await startProgram({
    settings: { ...SETTINGS, http_engine: engine, ...settings },
  })
  const add = async (path: string, entity: object): Promise<void> => {
    const answer = await fetch(`${program.admin}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(entity),
    })
    if (answer.status !== 201) throw new Error(`${path}: ${await answer.text()}`)
  }
  for (const { key, ...consumer } of CONSUMERS) {
    await add('/consumers', consumer)
    if (key !== undefined) await add(`/consumers/${consumer.username}/key-auth`, { key })
  }
  const times = { connect_timeout: 1000, write_timeout: 1000, read_timeout: 1000, retries: 0 }
  await add('/services', { name: 'up', url: `http://127.0.0.1:${upstreamPort}`, ...times })
  for (const { keyAuth, ...route } of ROUTES) {
    await add('/services/up/routes', { ...route, strip_path: false })
    if (keyAuth === undefined) continue
    await add(`/routes/${route.name}/plugins`, { name: 'key-auth', config: keyAuth })
  }
  return program
}

const CONSUMERS: readonly {
  readonly username: string
  readonly custom_id?: string
  readonly key?: string
}[] = [
  { username: 'alice', custom_id: 'c-alice', key: 'alice-key' },
  { username: 'bob', key: 'bob-key' },
  { username: 'anon' },
]

const ROUTES: readonly {
  readonly name: string
  readonly hosts: readonly string[]
  readonly paths: readonly string[]
  readonly keyAuth?: object
}[] = [
  { name: 'plain', hosts: ['plain.test'], paths: ['/'] },
  { name: 'secure', hosts: ['secure.test'], paths: ['/'], keyAuth: { hide_credentials: true } },
  { name: 'anon', hosts: ['anon.test'], paths: ['/'], keyAuth: { anonymous: 'anon' } },
  { name: 'mixed-secure', hosts: ['mixed.test'], paths: ['/secure'], keyAuth: {} },
  { name: 'mixed-open', hosts: ['mixed.test'], paths: ['/open'] },
]
