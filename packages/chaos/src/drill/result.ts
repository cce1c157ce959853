import type { Tally } from '../load/tally.js';
import { NORMAL_FACTOR, type Phases, phasesOf, type Timeline } from './phases.js';
import type { Observation, Scenario } from './scenario.js';

/** What came of a scenario. */
export interface ScenarioResult extends Phases {
  readonly name: string;
  readonly fault: string;
  readonly seconds: number;
  /** Part of the machine that others used meanwhile, from 0 to 1. Undefined: not known. */
  readonly othersShare: number | undefined;
  readonly requests: number;
  readonly failed: number;
  /** Those of them that may: they met a fault that not all requests can survive. */
  readonly excused: number;
  /** What they failed by, and how many by each. */
  readonly failures: readonly string[];
  readonly wrong: number;
  readonly notes: readonly string[];
  /** Figures that were to be reached, and were not. Empty: all is well. */
  readonly missed: readonly string[];
  /** Some of what went wrong, for people. */
  readonly examples: readonly string[];
}

/** What was seen in a scenario. */
export interface Seen {
  readonly load: Tally;
  readonly timeline: Timeline;
  readonly othersShare?: number | undefined;
  readonly observation?: Observation | undefined;
  /** What does not add up in what balancers count. */
  readonly wrongStats?: readonly string[];
}

/** Holds what was seen against what was to be reached. */
export function resultOf(scenario: Scenario, seen: Seen): ScenarioResult {
  const { load, timeline, othersShare, observation = {}, wrongStats = [] } = seen;
  const tallies = observation.tally ? [load, observation.tally] : [load];
  const phases = phasesOf(load.samples, timeline);
  const total = (of: (tally: Tally) => number) => tallies.reduce((sum, tally) => sum + of(tally), 0);
  const failed = total((tally) => tally.failed);
  const wrong = total((tally) => tally.wrong);
  const { targets } = scenario;
  const counted = targets.failed === 'none' ? failed : total((tally) => tally.failedSince(timeline.healedMs));
  return {
    name: scenario.name,
    fault: scenario.fault,
    seconds: (timeline.endMs - timeline.startedMs) / 1000,
    othersShare,
    requests: total((tally) => tally.requests),
    failed,
    excused: failed - counted,
    failures: failuresOf(tallies),
    wrong,
    ...phases,
    notes: observation.notes ?? [],
    missed: [
      ...(counted > 0 ? [`${counted} requests failed`] : []),
      ...(wrong > 0 ? [`${wrong} answers were wrong`] : []),
      ...missedLatencies(scenario, phases),
      ...(observation.missed ?? []),
      ...wrongStats,
    ],
    examples: tallies.flatMap((tally) => tally.examples),
  };
}

/** The most frequent first. */
function failuresOf(tallies: readonly Tally[]): string[] {
  const all = new Map<string, number>();
  for (const { failures } of tallies) {
    for (const [kind, count] of failures) all.set(kind, (all.get(kind) ?? 0) + count);
  }
  return [...all].sort(([, one], [, other]) => other - one).map(([kind, count]) => `${count} x ${kind}`);
}

function missedLatencies({ targets }: Scenario, phases: Phases): string[] {
  const { recoveredWithinMs, maxP99Factor } = targets;
  const missed: string[] = [];
  const { recoveredMs = Number.POSITIVE_INFINITY } = phases;
  if (recoveredWithinMs !== undefined && recoveredMs > recoveredWithinMs) {
    missed.push(`p99 was not back within ${NORMAL_FACTOR} x of normal in ${recoveredWithinMs / 1000} s`);
  }
  const factor = (phases.during?.p99Ms ?? Number.POSITIVE_INFINITY) / (phases.before?.p99Ms ?? 0);
  if (maxP99Factor !== undefined && !(factor <= maxP99Factor)) {
    missed.push(`p99 was ${factor.toFixed(1)} x of normal, not at most ${maxP99Factor} x`);
  }
  return missed;
}
