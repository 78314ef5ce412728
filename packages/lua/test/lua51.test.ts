import { readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { readSnippets, runHere, runThere } from './lua51.ts'
import { families } from './program-families.ts'
import { recordCases } from './record-lua51.ts'

// After adding snippets, where lua5.1 is installed: POSTERN_RECORD=1 npm test -- packages/lua
if (process.env.POSTERN_RECORD === '1') recordCases()

/** Lua 5.1 finds a name by looking at registers, and now and then where there is none to find. */
function nameless(text: string): string {
  return text.replace(/(?:local|global|upvalue|field|method) '[^']*' \((a \w+ value)\)/g, '$1')
}

interface Recorded {
  readonly title: string
  readonly source: string
  readonly output: string
}

const read = <T>(name: string): T =>
  JSON.parse(readFileSync(new URL(name, import.meta.url), 'utf8')) as T

const recorded = read<Recorded[]>('cases/lua51.json')

/** What lua5.1 printed for the programs of the seeds from 1 on. */
const generated = read<{ readonly family: string; readonly outputs: readonly string[] }[]>(
  'cases/lua51-generated.json',
)

const isInstalled = runThere(['print(1)']) !== undefined

describe('a chunk, compared with what lua5.1 printed when the cases were recorded', () => {
  it('has at least 1000 recorded cases', () => {
    const counts = generated.map(({ outputs }) => outputs.length)
    expect(counts.reduce((sum, count) => sum + count, recorded.length)).toBeGreaterThan(1000)
    expect(generated.map(({ family }) => family)).toEqual(Object.keys(families))
  })

  it('has a recorded case for every snippet', () => {
    const titles = new Set(recorded.map(({ title }) => title))
    expect(readSnippets().filter(({ title }) => !titles.has(title))).toEqual([])
  })

  it.each(recorded)('prints the same: $title', ({ source, output }) => {
    expect(runHere(source)).toBe(output)
  })

  it.each(generated)('prints the same for generated programs about $family', (recording) => {
    expectSame(recording.family, 1, recording.outputs)
  })
})

function expectSame(family: string, first: number, outputs: readonly string[]): void {
  for (const [i, output] of outputs.entries()) {
    const program = (families[family] as (seed: number) => string)(first + i)
    expect(nameless(runHere(program)), `seed ${first + i}\n${program}`).toBe(nameless(output))
  }
}

describe('a chunk, compared with lua5.1 at work', () => {
  it('finds lua5.1, or says loudly that it did not compare', () => {
    if (!isInstalled) {
      console.warn('SKIPPED: lua5.1 is not installed; generated programs were not compared with it')
    }
    expect(isInstalled || process.env.POSTERN_REQUIRE_SERVICES !== '1').toBe(true)
  })

  it('prints the same for the recorded cases', () => {
    if (!isInstalled) return
    const outputs = runThere(recorded.map(({ source }) => source))
    expect(outputs).toEqual(recorded.map(({ output }) => output))
  })

  it.each(Object.entries(families))('prints the same for new programs: %s', (family, program) => {
    if (!isInstalled) return
    // The same programs each time, so that a red run is about a change. Others are a seed away.
    const first = Number(process.env.POSTERN_LUA_SEED ?? 1000)
    const outputs = runThere(Array.from({ length: 40 }, (_, i) => program(first + i))) ?? []
    expectSame(family, first, outputs)
  })
})
