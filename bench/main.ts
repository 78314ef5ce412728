import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { parseArgs } from 'node:util'
import { withCertificate } from './certificate.ts'
import { DEFAULT_ENGINES, engineOf } from './engines.ts'
import { LOADS } from './loads.ts'
import { measureLoad, type Measured } from './measure-load.ts'
import { describeMachine } from './describe-machine.ts'
import { renderTable, rowsOf } from './render-table.ts'
import { startServices } from './services.ts'

// CPU time for a request of Postern beside that of nginx: see README.md.

const { values } = parseArgs({
  options: {
    only: { type: 'string', multiple: true, default: [] },
    blocks: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '4' },
    slice: { type: 'string', default: '1000' },
    'warm-up': { type: 'string', default: '6000' },
    engines: { type: 'string', default: DEFAULT_ENGINES.join(',') },
    json: { type: 'string', default: path.join(import.meta.dirname, 'results/latest.json') },
  },
})
const options = {
  blocks: whole('blocks', 1),
  rounds: whole('rounds', 1),
  sliceMs: whole('slice', 200),
  warmUpMs: whole('warm-up', 200),
}
const engines = values.engines.split(',').map(engineOf)
const names = values.only.flatMap((list) => list.split(','))
for (const name of names) {
  if (!LOADS.some((load) => load.name === name)) {
    throw new Error(`no load ${name}; known: ${LOADS.map((load) => load.name).join(', ')}`)
  }
}
const loads = LOADS.filter(({ name }) => names.length === 0 || names.includes(name))

const machine = describeMachine()
console.log(`${machine.text}\n`)
const all: Measured[] = []
const services = await startServices()
try {
  await withCertificate(async (certificate) => {
    for (const load of loads) {
      process.stderr.write(`${load.title} ...\n`)
      const tls = load.isTls === true ? certificate : undefined
      const measured = await measureLoad(engines, { load, services, tls }, options)
      for (const { engine, why } of measured.leftOut) {
        process.stderr.write(`  !!! LEFT OUT: ${engine} in "${load.title}": ${why}\n`)
      }
      all.push(measured)
      save()
    }
  })
} finally {
  await services.stop()
}
console.log(renderTable(all))

/** After each row, so that a run which is broken off has not been for nothing. */
function save(): void {
  const rows = all.flatMap(rowsOf)
  const leftOut = all.flatMap((one) => one.leftOut.map((why) => ({ load: one.load.name, ...why })))
  mkdirSync(path.dirname(values.json), { recursive: true })
  const text = JSON.stringify({ machine, options, rows, leftOut }, null, 2)
  writeFileSync(values.json, `${text}\n`)
}

function whole(name: 'blocks' | 'rounds' | 'slice' | 'warm-up', least: number): number {
  const value = Number(values[name])
  if (Number.isInteger(value) && value >= least) return value
  throw new Error(`--${name} is a whole number from ${least} on`)
}
