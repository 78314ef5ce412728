import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import tls from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type DataPlane, startDataPlane } from './data-plane.ts'

const folder = mkdtempSync(path.join(tmpdir(), 'postern-lua-handshake-'))
let gateway: DataPlane

beforeAll(async () => {
  gateway = await startDataPlane({
    prefix: folder,
    proxy_listen: '127.0.0.1:0 ssl',
    untrusted_functions: 'on',
    function_timeout_ms: '300',
  })
  const late = 'ngx.sleep(0.001) if asked == nil then asked = true return end'
  const rest = 'if not fails then fails = true error("late") end ngx.sleep(1000)'
  await gateway.add('plugins', {
    name: 'pre-function',
    config: { certificate: [`${late} ${rest}`] },
  })
})
afterAll(async () => {
  await gateway?.close()
  rmSync(folder, { recursive: true, force: true })
})

/** Resolves when a handshake has been completed. */
function shakeHands(): Promise<void> {
  return new Promise((resolve, reject) => {
    const { port } = gateway
    const socket = tls.connect({ host: '127.0.0.1', port, rejectUnauthorized: false }, () => {
      socket.destroy()
      resolve()
    })
    socket.on('error', reject)
  })
}

describe('a Lua function of certificate', () => {
  it.each([
    { what: 'goes on after a wait', problem: undefined },
    { what: 'ends the handshake when it fails after a wait', problem: /alert internal error/ },
    { what: 'ends the handshake when it waits for too long', problem: /alert internal error/ },
  ])('$what', async ({ problem }) => {
    if (problem === undefined) await shakeHands()
    else await expect(shakeHands()).rejects.toThrow(problem)
  })
})
