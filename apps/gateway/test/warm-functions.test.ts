import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { type DataPlane, startDataPlane } from './data-plane.ts'

let prefix: string
let gateway: DataPlane
beforeEach(async () => {
  prefix = mkdtempSync(path.join(tmpdir(), 'postern-warm-'))
  gateway = await startDataPlane({ prefix })
})
afterEach(async () => {
  await gateway?.close()
  rmSync(prefix, { recursive: true })
})

describe('the process of JavaScript functions', () => {
  it.each([
    { name: 'exit-transformer', config: { functions: ['(status) => [status]'] } },
    { name: 'pre-function', config: { access: ['() => {}'] } },
  ])('is ready when a configuration with $name is served', async (plugin) => {
    await gateway.add('plugins', plugin)
    const host = gateway.functionHost()
    expect(host?.processes).toContainEqual(expect.objectContaining({ isReady: true }))
  })

  it('is not there without a JavaScript function', async () => {
    const lua = 'return function(status) return status end'
    await gateway.add('plugins', { name: 'exit-transformer', config: { functions: [lua] } })
    expect(gateway.functionHost()).toBeUndefined()
  })
})
