import { defineConfig } from 'tsup'

export default defineConfig({
  entry: {
    main: 'src/main.ts',
    'processes/worker': 'src/processes/worker.ts',
    'functions/kong-prelude': 'src/functions/kong-prelude.ts',
    'exit-trials/trial-process': 'src/exit-trials/trial-process.ts',
    'exit-test': 'src/exit-trials/exit-tests.ts',
  },
  format: 'esm',
  target: 'node24',
  dts: { entry: { 'exit-test': 'src/exit-trials/exit-tests.ts' } },
  clean: true,
  sourcemap: true,
  removeNodeProtocol: false,
  tsconfig: 'tsconfig.build.json',
})
