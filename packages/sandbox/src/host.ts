/**
 * The program of the process that runs functions. `createFunctionHost` starts it; nothing else
 * imports it. It reads requests from descriptor 3 and writes replies there.
 *
 * Everything that must keep the real intrinsics is loaded before they are guarded and frozen.
 */
import 'ses'
import { confine } from './host/confine.ts'
import { createMeter } from './host/meter.ts'
import { loadPrelude } from './host/prelude.ts'
import { createConfinedRunner } from './host/run-confined.ts'
import { createTrustedRunner } from './host/run-trusted.ts'
import { serveBlocking } from './host/serve-blocking.ts'
import { serveEvents } from './host/serve-events.ts'
import type { HostSettings } from './protocol.ts'

const CHANNEL = 3

const settings = JSON.parse(process.argv.at(-1) ?? '') as HostSettings

// A promise that a function leaves rejected is its own affair, and no reason to end.
process.on('unhandledRejection', () => {})

const prelude = await loadPrelude(settings.prelude)

if (settings.mode === 'on') {
  serveEvents(CHANNEL, createTrustedRunner(prelude))
} else {
  const meter = createMeter(settings.memoryBytes)
  const confinement = confine(meter, settings)
  await serveBlocking(CHANNEL, createConfinedRunner({ meter, prelude, confinement }))
}
