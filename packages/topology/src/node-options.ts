/**
 * How Node runs every process of a fleet.
 *
 * The young generation of V8's heap may have 8 MB twice; Node 24 lets it grow to 64 MB twice, which under load it slowly
 * does: processes that use 25 MB would come to 220. Nearly all that is made there dies young, and a scavenge of 8 MB takes
 * less than half a millisecond, so that more room would save next to nothing.
 */
export const NODE_OPTIONS: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=8'];
