import { relative } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

// Workspace packages are tested from their sources (the `flotilla:source` export condition); tests that start
// real processes run the bundled ones, which `make check` makes first.
const conditions = ['flotilla:source', 'node', 'import', 'module', 'default'];

/**
 * Files that start whole fleets take tens of seconds each, and by their size would come last, where one of them is left to
 * run while the other worker has nothing to do. Here they come first, and what takes milliseconds fills the end.
 */
class FleetsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return [...sorted.filter(startsFleets), ...sorted.filter((file) => !startsFleets(file))];
  }
}

function startsFleets({ moduleId }: TestSpecification): boolean {
  return /^(test|packages\/runtime\/test|client\/test\/cli)/.test(relative(import.meta.dirname, moduleId));
}

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
    sequence: { sequencer: FleetsFirst },
  },
});
