import { defineConfig } from 'vitest/config'

export default defineConfig({
  ssr: { resolve: { conditions: ['@postern/source', 'node', 'import', 'default'] } },
  test: {
    include: ['{packages,apps}/*/{src,test}/**/*.test.ts'],
    execArgv: ['--conditions=@postern/source'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
  },
})
