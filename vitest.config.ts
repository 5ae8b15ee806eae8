import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: 'forks',
    // Vitest leaves a core free; here tests wait for sockets and processes often enough to fill one more than there are.
    maxWorkers: availableParallelism() + 1,
  },
})
