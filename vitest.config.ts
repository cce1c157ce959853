import { defineConfig } from 'vitest/config';

// Workspace packages are tested from their sources (the `flotilla:source` export condition); tests that start
// real processes run the compiled ones, which `make check` builds first.
const conditions = ['flotilla:source', 'node', 'import', 'module', 'default'];

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: [
      'packages/*/test/**/*.test.ts',
      'service*/test/**/*.test.ts',
      'client/test/**/*.test.ts',
      'test/**/*.test.ts',
      'bench/**/*.test.ts',
    ],
    reporters: ['default', './test/plain-reporter.ts'],
    testTimeout: 60_000,
    hookTimeout: 180_000,
    // Two cores: more workers than that only make whole-fleet tests wait for each other.
    maxWorkers: 2,
  },
});
