import { defineConfig } from 'vitest/config';

// The compose files on a real engine: `vitest run --config vitest.docker.config.ts`. Apart from the other tests,
// which need no engine.
const conditions = ['flotilla:source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/docker/**/*.docker.ts', 'packages/*/test/docker/**/*.docker.ts'],
    globalSetup: ['./test/docker/engine.ts'],
    reporters: ['verbose', './test/plain-reporter.ts'],
    // Both fleets have the same ports and container names: one file at a time.
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
