#!/usr/bin/env node
// The first file of the program imports nothing, so that an old Node can still be told what is missing.
const [major] = process.versions.node.split('.').map(Number)
if (major === undefined || major < 24) {
  process.stderr.write(
    `postern needs Node 24 or newer; this is ${process.version} (${process.execPath})\n`,
  )
  process.exit(1)
}
const { runProgram } = await import('./program.ts')
await runProgram(process.argv)

export {}
