// Prints what matching costs as configurations grow: node --conditions=@postern/source growth.ts
import { SHAPES } from './configurations.ts'
import { measure } from './measure.ts'

const COUNTS = [10, 1000, 10_000, 100_000]

for (const [shape, configurationOf] of Object.entries(SHAPES)) {
  for (const count of COUNTS) {
    const { buildMs, matchNs } = measure(configurationOf(count), 100)
    console.log(
      `${shape}, ${count}: ${Math.round(matchNs)} ns a match, built in ${Math.round(buildMs)} ms`,
    )
  }
}
