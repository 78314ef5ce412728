import { definePlugin, type Kong, type Plugin, pdkFunctions } from '@postern/plugin-runtime'
import { defineRecord } from '@postern/schema'

/** A call of a function below `kong`, or `$raise` with a text. */
export type InlineCall = readonly [name: string, ...args: unknown[]]

/** What a throw-away plugin does, phase by phase. */
export type InlineSteps = Readonly<Record<string, readonly InlineCall[]>>

/** What the calls of all throw-away plugins answered, one list for each handler that ran. */
export const inlineResults: (readonly unknown[])[][] = shared()

const schema = defineRecord({
  fields: {
    config: { type: 'record', required: true, fields: { steps: { type: 'string' } } },
  },
})

/** Makes a plugin whose handlers run the calls that its configuration holds as JSON text. */
export function inlinePlugin(name: string, priority: number, phases: readonly string[]): Plugin {
  const handlers = phases.map((phase) => [
    phase,
    (kong: Kong, _config: unknown, prepared: unknown) =>
      runCalls(kong, (prepared as InlineSteps)[phase] ?? []),
  ])
  return definePlugin<typeof schema>({
    name,
    version: '0.0.1',
    priority,
    schema,
    prepare: ({ steps }) => JSON.parse(steps ?? '{}') as InlineSteps,
    ...(Object.fromEntries(handlers) as object),
  })
}

const functionByName = new Map(pdkFunctions.map((one) => [one.name, one]))

function runCalls(kong: Kong, calls: readonly InlineCall[]): void | Promise<void> {
  const results: (readonly unknown[])[] = []
  inlineResults.push(results)
  return runFrom(kong, calls, results)
}

/** Waits only where a function does, because body_filter must not. */
function runFrom(
  kong: Kong,
  [first, ...rest]: readonly InlineCall[],
  results: (readonly unknown[])[],
): void | Promise<void> {
  if (first === undefined) return
  const [name, ...args] = first
  if (name === '$raise') throw new Error(String(args[0]))
  const pdkFunction = functionByName.get(name)
  if (pdkFunction === undefined) throw new Error(`no function ${name}`)
  const keep = (values: readonly unknown[]): void | Promise<void> => {
    if (!LEAVING.has(name)) results.push(values.map(textOf))
    return runFrom(kong, rest, results)
  }
  const values = pdkFunction.call(kong, args)
  return values.some((value) => value instanceof Promise)
    ? Promise.all(values).then(keep)
    : keep(values)
}

/** Their results are not counted, because there usually are none. */
const LEAVING: ReadonlySet<string> = new Set(['response.exit', 'response.error'])

function textOf(value: unknown): unknown {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : value
}

/** The file may be loaded twice: by the test, and by the gateway that the test runs. */
function shared(): (readonly unknown[])[][] {
  const holder = globalThis as { posternInlineResults?: (readonly unknown[])[][] }
  return (holder.posternInlineResults ??= [])
}
