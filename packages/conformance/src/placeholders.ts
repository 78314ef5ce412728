/** Compares recorded texts, in which what differs each time stands as a placeholder. */
export interface Placeholders {
  match(recorded: string, got: string): boolean
}

const PATTERNS: ReadonlyMap<string, string> = new Map([
  ['date', '[A-Z][a-z]{2}, \\d\\d [A-Z][a-z]{2} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT'],
  ['ms', '\\d+'],
  ['request_id', '[0-9a-f]{32}'],
  ['hex32', '[0-9a-f]{32}'],
  ['key', '[0-9A-Za-z]{32}'],
  ['ts', '\\d+'],
  ['seconds', '\\d+'],
  ['counter', '\\d+'],
  ['pid', '\\d+'],
  ['connection', '\\d+'],
  ['time', '[^"]+'],
  ['hostname', '[^"]*'],
])

const UUID = '[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}'
const PLACEHOLDER = /<([a-z_0-9]+)(?::(\d+))?>/g

/** One for each exchange: the same number stands for the same id, one request has one request id. */
export function createPlaceholders(): Placeholders {
  const known = new Map<string, string>()
  return {
    match(recorded, got) {
      if (recorded === got) return true
      const names: string[] = []
      const pattern = patternOf(recorded, names)
      const found = new RegExp(`^${pattern}$`).exec(got)
      if (found === null) return false
      return names.every((name, i) => isSame(known, name, found[i + 1] as string))
    },
  }
}

function patternOf(recorded: string, names: string[]): string {
  let pattern = ''
  let from = 0
  for (const found of recorded.matchAll(PLACEHOLDER)) {
    const [whole, name, number] = found as unknown as [string, string, string | undefined]
    const known = name === 'uuid' ? UUID : PATTERNS.get(name)
    if (known === undefined) continue
    pattern += `${escapeText(recorded.slice(from, found.index))}(${known})`
    names.push(number === undefined ? name : `${name}:${number}`)
    from = found.index + whole.length
  }
  return pattern + escapeText(recorded.slice(from))
}

function isSame(known: Map<string, string>, name: string, value: string): boolean {
  if (name !== 'request_id' && !name.startsWith('uuid:')) return true
  const before = known.get(name)
  known.set(name, value)
  return before === undefined || before === value
}

function escapeText(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')
}
