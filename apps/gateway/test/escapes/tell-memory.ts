// Loaded into each process of the program by NODE_OPTIONS: on SIGUSR2 it collects what is garbage
// and tells what is left, in one line on standard error. As V8 does when memory is short: else it
// keeps up to 48 MiB for new objects, as much as the last busy minute has needed.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as (how: object) => void

process.on('SIGUSR2', () => {
  collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  const { rss, heapUsed, external } = process.memoryUsage()
  process.stderr.write(`MEMORY ${JSON.stringify({ rss, heapUsed, external })}\n`)
})
