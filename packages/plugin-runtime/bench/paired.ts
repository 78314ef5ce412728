/** One way of doing a thing, as often as it is told. */
export interface Way {
  readonly name: string
  run(times: number): void | Promise<void>
}

const ROUNDS = 60
const WARM_UP_ROUNDS = 10

/**
 * Compares ways in pairs: in each round every way runs once, in turning order, so that what else
 * the machine does in that moment falls on all of them. Prints the fastest time of each, and the
 * median and quartiles of its ratio to the first way over the rounds.
 */
export async function compare(title: string, ways: readonly Way[], times: number): Promise<void> {
  const costs = ways.map((): number[] => [])
  for (let round = -WARM_UP_ROUNDS; round < ROUNDS; round++) {
    for (let i = 0; i < ways.length; i++) {
      const at = (i + round + WARM_UP_ROUNDS) % ways.length
      const ns = await cpuNs(ways[at] as Way, times)
      if (round >= 0) costs[at]?.push(ns)
    }
  }
  console.log(title)
  ways.forEach(({ name }, at) => console.log(`  ${name}: ${told(costs[at] ?? [], costs[0] ?? [])}`))
}

async function cpuNs(way: Way, times: number): Promise<number> {
  const before = process.cpuUsage()
  const pending = way.run(times)
  if (pending !== undefined) await pending
  const { user, system } = process.cpuUsage(before)
  return ((user + system) * 1_000) / times
}

function told(own: readonly number[], first: readonly number[]): string {
  const ratios = own.map((ns, round) => ns / (first[round] as number)).sort((a, b) => a - b)
  const at = (part: number): string => (ratios[Math.floor(ratios.length * part)] ?? 0).toFixed(2)
  const fastest = Math.min(...own).toFixed(0)
  return `${fastest} ns of CPU, ratio ${at(0.5)} (quartiles ${at(0.25)} to ${at(0.75)})`
}
