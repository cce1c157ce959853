/** The file that runs the program of a folder, as a path below the root; `scripts/bundle/main.ts` makes it. */
export function programOf(folder: string): string {
  return `bundle/${folder}/main.cjs`;
}

/**
 * How Node runs every process of a fleet.
 *
 * The young generation of V8's heap has 8 MB twice, from the start. Left alone, Node 24 lets it grow to 64 MB twice, which
 * under load it slowly does: processes that use 25 MB would come to 220. Nearly all that is made there dies young, and a
 * scavenge of 8 MB takes less than half a millisecond, so that more room would save next to nothing. With less at the
 * start, those that have little to do would come to it late, and look as if they leaked.
 */
export const NODE_OPTIONS: readonly string[] = ['--min-semi-space-size=8', '--max-semi-space-size=8'];
