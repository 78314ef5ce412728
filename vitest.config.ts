import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@postern/source', 'node', 'import', 'default'] } },
  test: {
    include: ['{packages,apps}/*/{src,test}/**/*.test.ts'],
    execArgv: ['--conditions=@postern/source'],
    // Half of the files wait for programs and clocks: one worker on two cores would take twice as long.
    maxWorkers: 2,
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
