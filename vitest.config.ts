import { availableParallelism } from 'node:os'
import { defineConfig } from 'vitest/config'

const LIFE = 'test/life/**/*.test.ts'
/** The suites of others that ours fetch. */
const CACHES = 'test/**/.cache/**'

export default defineConfig({
  test: {
    testTimeout: 20_000,
    hookTimeout: 20_000,
    pool: 'forks',
    // Whoever runs the tests may have profiles; no test sees them.
    env: { XDG_CONFIG_HOME: '/dev/null' },
    // Vitest leaves a core free; here tests wait for sockets and processes often enough to fill one more than there
    // are.
    maxWorkers: availableParallelism() + 1,
    projects: [
      // To load everything anew for each file costs more than most of them do.
      {
        extends: true,
        test: { name: 'together', include: ['test/**/*.test.ts'], exclude: [LIFE, CACHES], isolate: false },
      },
      // Real processes, restarts and terminals: what they wait for takes its time.
      { extends: true, test: { name: 'life', include: [LIFE], testTimeout: 60_000, hookTimeout: 60_000 } },
    ],
  },
})
