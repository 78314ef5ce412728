import { defineConfig } from 'tsup'

export default defineConfig({
  entry: { index: 'src/index.ts', 'ready-made': 'src/ready-made/index.ts' },
  format: 'esm',
  target: 'node24',
  dts: true,
  clean: true,
  sourcemap: true,
  removeNodeProtocol: false,
  tsconfig: 'tsconfig.build.json',
})
