// What it costs to leave a handler: by the one frozen signal, by returning, and by a fresh Error.
import {
  createResponseState,
  DEFAULT_RESPONSE_SETTINGS,
  type Exit,
  EXIT_SIGNAL,
  HeaderList,
  type ResponseHost,
  ResponsePdk,
} from '../src/index.ts'

const ROUNDS = 30
const EXITS = 5_000

class Host implements ResponseHost {
  readonly phase = 'access'
  readonly pluginName = 'bench'
  readonly request = { id: 'cafe', method: 'GET', httpVersion: 1.1, headers: new HeaderList() }
  readonly response = createResponseState()
  readonly settings = DEFAULT_RESPONSE_SETTINGS
  readonly log = { warn: (): void => undefined }
  exit: Exit | undefined

  recordExit(exit: Exit): void {
    this.exit = exit
  }
}

const headers = { 'WWW-Authenticate': 'Key' }

const WAYS: Readonly<Record<string, (pdk: ResponsePdk) => void>> = {
  'the frozen signal': (pdk) => pdk.error(401, 'no key', headers),
  returning: (pdk) => pdk.error(401, 'no key', headers, { leave: 'return' }),
  'a fresh Error': (pdk) => {
    pdk.error(401, 'no key', headers, { leave: 'return' })
    throw new Error('exit')
  },
}

for (const [name, way] of Object.entries(WAYS)) {
  if (leave(way) !== 401) throw new Error(`${name} does not leave with a 401`)
  let fastest = Number.POSITIVE_INFINITY
  for (let round = 0; round < ROUNDS; round++) fastest = Math.min(fastest, cpuNs(way))
  console.log(`${name}: ${fastest.toFixed(0)} ns of CPU`)
}

function cpuNs(way: (pdk: ResponsePdk) => void): number {
  const before = process.cpuUsage()
  for (let i = 0; i < EXITS; i++) leave(way)
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1_000) / EXITS
}

/** A plugin is called through a closure, and its exit is caught by what runs the phase. */
function leave(way: (pdk: ResponsePdk) => void): number | undefined {
  const host = new Host()
  try {
    way(new ResponsePdk(host))
  } catch (error) {
    if (error !== EXIT_SIGNAL && !(error instanceof Error)) throw error
  }
  return host.exit?.status
}
