/**
 * The program of the process that runs functions. `createFunctionHost` starts it; nothing else
 * imports it. It reads requests from descriptor 3 and writes replies there.
 *
 * Everything that must keep the real intrinsics is loaded before they are guarded and frozen.
 */
import { setFlagsFromString } from 'node:v8'
import 'ses'
import { confine } from './host/confine.ts'
import { createMeter } from './host/meter.ts'
import { loadPrelude } from './host/prelude.ts'
import { createConfinedRunner } from './host/run-confined.ts'
import { sealProcess } from './host/seal-process.ts'
import { serveBlocking } from './host/serve-blocking.ts'
import type { HostSettings } from './protocol.ts'

const CHANNEL = 3

/**
 * A regular expression that backtracks too long is run again without backtracking. As an argument
 * of the process it would make V8 compile again what Node has compiled already: 25 ms of a start.
 */
setFlagsFromString('--enable-experimental-regexp-engine-on-excessive-backtracks')

const settings = JSON.parse(process.argv.at(-1) ?? '') as HostSettings

// A promise that a function leaves rejected is its own affair, and no reason to end.
process.on('unhandledRejection', () => {})

const prelude = await loadPrelude(settings.prelude)

if (settings.mode === 'on') {
  // Only here: they bring the network and the modules of Node along.
  const [{ serveEvents }, { createTrustedRunner }] = await Promise.all([
    import('./host/serve-events.ts'),
    import('./host/run-trusted.ts'),
  ])
  serveEvents(CHANNEL, createTrustedRunner(prelude))
} else {
  const meter = createMeter(settings.memoryBytes)
  const confinement = confine(meter, settings)
  const run = createConfinedRunner({ meter, prelude, confinement })
  sealProcess()
  await serveBlocking(CHANNEL, run)
}
