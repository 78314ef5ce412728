// Loaded into each process of the program by NODE_OPTIONS: on SIGUSR2 it collects what is garbage
// and tells what is left, in one line on standard error.
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

process.on('SIGUSR2', () => {
  collect()
  const { rss, heapUsed, external } = process.memoryUsage()
  process.stderr.write(`MEMORY ${JSON.stringify({ rss, heapUsed, external })}\n`)
})
