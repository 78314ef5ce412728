import { defineConfig } from 'tsup'

export default defineConfig({
  entry: ['src/main.ts', 'src/processes/worker.ts', 'src/functions/kong-prelude.ts'],
  format: 'esm',
  target: 'node24',
  dts: false,
  clean: true,
  sourcemap: true,
  removeNodeProtocol: false,
  tsconfig: 'tsconfig.build.json',
})
