import { mkdirSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { startNginx } from './nginx.ts'
import { LOAD_CORE } from './run-wrk.ts'
import { freePort, isListening, startProcess } from './start-process.ts'

/** What stands behind the gateways. */
export interface Services {
  /** nginx: 12 bytes with 8 headers at any path, 64 KiB at `/64k`, 10 MiB at `/10m`. */
  readonly port: number
  /** Reads a body to its end before it answers. */
  readonly uploadPort: number
  stop(): Promise<void>
}

export const SMALL_BYTES = 12
export const LARGE_BYTES = 64 * 1024
export const HUGE_BYTES = 10 * 1024 * 1024

/** Starts the Services on the core of the load generator: their time is nobody's business here. */
export async function startServices(): Promise<Services> {
  const nginx = await startNginx(LOAD_CORE, (port, folder) => {
    const files = path.join(folder, 'files')
    mkdirSync(files)
    writeFileSync(path.join(files, '64k'), Buffer.alloc(LARGE_BYTES, 'x'))
    writeFileSync(path.join(files, '10m'), Buffer.alloc(HUGE_BYTES, 'x'))
    return configuration(port, files)
  })
  const uploadPort = await freePort()
  const upload = await startProcess({
    core: LOAD_CORE,
    command: [
      process.execPath,
      path.join(import.meta.dirname, 'upload-service.ts'),
      `${uploadPort}`,
    ],
    isUp: () => isListening(uploadPort),
  })
  return {
    port: nginx.port,
    uploadPort,
    stop: async () => {
      await upload.stop()
      await nginx.stop()
    },
  }
}

/** Server, Date, Content-Type, Content-Length and Connection are nginx's own; three are added. */
function configuration(port: number, files: string): string {
  return `
  access_log off;
  sendfile on;
  open_file_cache max=10;
  server {
    listen 127.0.0.1:${port};
    location = /64k { root ${files}; }
    location = /10m { root ${files}; }
    location / {
      add_header Cache-Control "no-store";
      add_header X-Service "bench";
      add_header Vary "Accept-Encoding";
      return 200 "Hello, world";
    }
  }
`
}
