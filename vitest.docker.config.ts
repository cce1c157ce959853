import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// The compose files on a real engine: `vitest run --config vitest.docker.config.ts`. Apart from the other tests,
// which need no engine.
const conditions = ['flotilla:source', 'node', 'import', 'module', 'default'];

/**
 * The tests of the compose files before those of the commands: of these the last one removes all images, which the
 * former take as they were built at the start.
 */
class ImagesLast extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.sort((a, b) => (a.moduleId < b.moduleId ? 1 : -1));
  }
}

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    include: ['test/docker/**/*.docker.ts', 'packages/*/test/docker/**/*.docker.ts'],
    globalSetup: ['./test/docker/engine.ts'],
    reporters: ['verbose', './test/plain-reporter.ts'],
    // Both fleets have the same ports and container names: one file at a time.
    fileParallelism: false,
    sequence: { sequencer: ImagesLast },
    testTimeout: 120_000,
    hookTimeout: 120_000,
  },
});
