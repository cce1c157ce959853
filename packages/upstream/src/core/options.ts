import type { HealthPolicy } from './active-health.js';
import type { AdmissionLimits } from './admission.js';
import type { RetryBudgetLimits } from './retry-budget.js';
import type { RetryPolicy } from './retry-policy.js';

/** When an instance is ejected for how its tries go, and for how long. */
export interface EjectionPolicy {
  /** Failures in a row. 0: never for that. */
  readonly failuresInARow: number;
  /** How often success rates are compared. */
  readonly intervalMs: number;
  /** Instances that must have had enough tries in the interval before they are compared. */
  readonly minPeers: number;
  readonly minTries: number;
  /** Standard deviations below the mean. 0: never for that. */
  readonly deviations: number;
  /** Times the median latency of its peers. 0: never for that. */
  readonly latencyFactor: number;
  /** No latency below this is held against an instance. */
  readonly latencyFloorMs: number;
  /** Time of a first ejection; the nth in a row lasts n times as long. */
  readonly ejectionMs: number;
  readonly maxEjectionMs: number;
  /** Part of the instances that may be ejected at once, from 0 to 1. 0: none ever is. */
  readonly maxShare: number;
}

/** How a group behaves. The constants are named, with their reasons, in the catalogue of settings. */
export interface ClusterOptions {
  readonly health: HealthPolicy;
  readonly ejection: EjectionPolicy;
  /** When a smaller part than this is usable, all are used that are not drained. 0: never. */
  readonly panicShare: number;
  /** 0: no slow start. */
  readonly slowStartMs: number;
  readonly retry: RetryPolicy;
  readonly retryBudget: RetryBudgetLimits;
  /** For second tries while a first one is under way: after which quantile of latency. 0: none. */
  readonly hedgeQuantile: number;
  readonly maxInFlightPerInstance: number;
  readonly admission: AdmissionLimits;
  /** How long the slot of a former member is kept: longer than any request can live. */
  readonly forgetAfterMs: number;
}

const UNLIMITED = Number.POSITIVE_INFINITY;

/** No limits, and nothing is held against anybody: a group that only picks and counts. */
export const plainGroup: ClusterOptions = {
  health: { fall: 2, rise: 2 },
  ejection: {
    failuresInARow: 0,
    intervalMs: 10_000,
    minPeers: 5,
    minTries: 100,
    deviations: 0,
    latencyFactor: 0,
    latencyFloorMs: 100,
    ejectionMs: 30_000,
    maxEjectionMs: 300_000,
    maxShare: 0,
  },
  panicShare: 0,
  slowStartMs: 0,
  retry: { maxTries: UNLIMITED, maxLaterTries: 0, laterOn: new Set(), backOffMs: 25, maxBackOffMs: 250 },
  retryBudget: { share: 0.2, min: 3 },
  hedgeQuantile: 0,
  maxInFlightPerInstance: UNLIMITED,
  admission: { maxInFlight: UNLIMITED, maxPending: 0, arrivingShare: 0.25, queueTimeoutMs: 5_000 },
  forgetAfterMs: 300_000,
};
