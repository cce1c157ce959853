/**
 * How Node runs every process of a fleet.
 *
 * The young generation of V8's heap may have 16 MB twice, as was the rule up to Node 22; Node 24 lets it grow to 64 MB
 * twice. Under load it slowly does: processes that use 25 MB would come to 220. What is collected there dies young, so
 * that more room saves next to nothing.
 */
export const NODE_OPTIONS: readonly string[] = ['--enable-source-maps', '--max-semi-space-size=16'];
