import { useOfTree } from './cpu-of-tree.ts'
import type { Engine, Setting } from './engines.ts'
import type { BenchRequest } from './http-request.ts'
import type { Load } from './loads.ts'
import { createLoadGenerator, type LoadGenerator, type Slice } from './run-wrk.ts'
import { checkAnswer } from './check-answer.ts'
import type { StartedProcess } from './start-process.ts'

/** What one kind of request has cost at one engine, a figure for each round. */
export interface Series {
  readonly engine: string
  readonly isBare: boolean
  /** `subject` is what the row is about, `own` what the engine is compared with itself by. */
  readonly role: 'subject' | 'own'
  /** CPU time for one request, in microseconds. */
  readonly cpuUs: readonly number[]
  /** Requests in a second of the slice. */
  readonly rate: readonly number[]
  readonly p99Ms: readonly number[]
  /** Resident memory after the last round of a block, in MiB: that of the largest. */
  readonly residentMib: number
}

/** The rounds of one load, and the engines that could not be measured, with why. */
export interface Measured {
  readonly load: Load
  readonly series: readonly Series[]
  readonly leftOut: readonly { readonly engine: string; readonly why: string }[]
}

export interface Rounds {
  /** How often everything is started anew. */
  readonly blocks: number
  /** Slices for each kind of request in each block. */
  readonly rounds: number
  readonly sliceMs: number
  readonly warmUpMs: number
}

/** One kind of request at one running engine. */
interface Contender {
  readonly engine: string
  readonly isBare: boolean
  readonly role: Series['role']
  readonly request: BenchRequest
  readonly generator: LoadGenerator
  readonly origin: string
  readonly process: StartedProcess
  readonly cpuUs: number[]
  readonly rate: number[]
  readonly p99Ms: number[]
}

/**
 * Measures in blocks, each with processes of its own: how V8 compiles a program differs from one
 * start to the next, and by more than what is to be measured.
 */
export async function measureLoad(
  engines: readonly Engine[],
  setting: Setting,
  options: Rounds,
): Promise<Measured> {
  const blocks: Measured[] = []
  for (let n = 0; n < options.blocks; n++) {
    blocks.push(await measureBlock(engines, setting, options))
  }
  return joined(setting.load, blocks)
}

/** The rounds of all blocks, one behind another. An engine that failed in one of them is left out. */
function joined(load: Load, blocks: readonly Measured[]): Measured {
  const leftOut = new Map(
    blocks.flatMap((block) => block.leftOut.map((one) => [one.engine, one] as const)),
  )
  const [first] = blocks
  const whole = (first?.series ?? []).filter(({ engine }) => !leftOut.has(engine))
  const series = whole.map(({ engine, isBare, role }): Series => {
    const parts = blocks.flatMap((block) =>
      block.series.filter((one) => one.engine === engine && one.role === role),
    )
    return {
      engine,
      isBare,
      role,
      cpuUs: parts.flatMap((part) => part.cpuUs),
      rate: parts.flatMap((part) => part.rate),
      p99Ms: parts.flatMap((part) => part.p99Ms),
      residentMib: Math.max(...parts.map((part) => part.residentMib)),
    }
  })
  return { load, series, leftOut: [...leftOut.values()] }
}

/**
 * Starts all engines, and then gives each kind of request a slice in turn, round after round: what
 * disturbs the machine disturbs all of them alike, and a round can be compared within itself.
 */
async function measureBlock(
  engines: readonly Engine[],
  setting: Setting,
  options: Rounds,
): Promise<Measured> {
  const { load } = setting
  const contenders: Contender[] = []
  const leftOut: { engine: string; why: string }[] = []
  try {
    for (const engine of engines) {
      if (engine.isBare && load.bare === 'none') continue
      try {
        contenders.push(...(await start(engine, setting)))
      } catch (error) {
        leftOut.push({ engine: engine.name, why: (error as Error).message })
      }
    }
    const failed = new Map<string, string>()
    for (const one of contenders) await one.generator.run(one.origin, options.warmUpMs)
    const sliceMs = options.sliceMs * (load.longer ?? 1)
    for (let round = 0; round < options.rounds; round++) {
      for (const one of contenders) {
        if (failed.has(one.engine)) continue
        const problem = await takeSlice(one, load, sliceMs)
        if (problem !== undefined) failed.set(one.engine, problem)
      }
    }
    for (const [engine, why] of failed) leftOut.push({ engine, why })
    const whole = contenders.filter(({ engine }) => !failed.has(engine))
    const series = whole.map((one) => ({
      engine: one.engine,
      isBare: one.isBare,
      role: one.role,
      cpuUs: one.cpuUs,
      rate: one.rate,
      p99Ms: one.p99Ms,
      residentMib: useOfTree(one.process.pid).residentMib,
    }))
    return { load, series, leftOut }
  } finally {
    for (const { generator } of contenders) generator.close()
    await Promise.all([...new Set(contenders.map((one) => one.process))].map((one) => one.stop()))
  }
}

async function start(engine: Engine, setting: Setting): Promise<Contender[]> {
  const { load } = setting
  const started = await engine.start(setting)
  const origin = `${load.isTls === true ? 'https' : 'http'}://127.0.0.1:${started.port}`
  try {
    const contender = async (role: Series['role'], request: BenchRequest): Promise<Contender> => {
      await checkAnswer(origin, request)
      const generator = createLoadGenerator(request, load.connections ?? 32)
      const figures = { cpuUs: [], rate: [], p99Ms: [] }
      const { name, isBare } = engine
      const about = { engine: name, isBare, role, request }
      return { ...about, generator, origin, process: started, ...figures }
    }
    const asked = engine.isBare && typeof load.bare === 'object' ? load.bare : load.request
    const contenders = [await contender('subject', asked)]
    if (load.own !== undefined && !engine.isBare) {
      contenders.push(await contender('own', load.own.request))
    }
    return contenders
  } catch (error) {
    await started.stop()
    throw error
  }
}

/** Answers what was wrong with the answers, if anything was. */
async function takeSlice(one: Contender, load: Load, sliceMs: number): Promise<string | undefined> {
  const before = useOfTree(one.process.pid).cpuSeconds
  const slice = await one.generator.run(one.origin, sliceMs)
  const cpuSeconds = useOfTree(one.process.pid).cpuSeconds - before
  const problem = problemIn(slice, one.request)
  if (problem !== undefined) return problem
  const requests = load.perBytes === undefined ? slice.requests : slice.bytes / load.perBytes
  one.cpuUs.push((cpuSeconds * 1e6) / requests)
  one.rate.push((requests * 1000) / sliceMs)
  one.p99Ms.push(slice.p99)
  return undefined
}

/** A gateway that fails is fast: figures of wrong answers are worth nothing. */
function problemIn(slice: Slice, { status }: BenchRequest): string | undefined {
  const wrong = status >= 400 ? slice.requests - slice.refused : slice.refused
  if (slice.requests > 0 && wrong === 0 && slice.broken === 0) return undefined
  return `${slice.requests} answers, ${wrong} with a wrong status, ${slice.broken} broken`
}
