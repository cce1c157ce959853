import type { SettingName } from '@flotilla/contracts';
import type { Config } from '@flotilla/process';
import type { ClusterOptions } from '../core/options.js';
import type { Outcome } from '../core/outcome.js';
import type { StrategyName } from '../core/strategies/registry.js';

/** The settings that say how a group of instances behaves. */
export const clusterSettings = [
  'strategy',
  'hashHeader',
  'healthIntervalMs',
  'healthTimeoutMs',
  'healthFall',
  'healthRise',
  'ejectFailures',
  'ejectIntervalMs',
  'ejectMinPeers',
  'ejectMinTries',
  'ejectDeviationsPermille',
  'ejectLatencyFactor',
  'ejectLatencyFloorMs',
  'ejectMs',
  'ejectMaxMs',
  'ejectMaxPercent',
  'panicPercent',
  'slowStartMs',
  'maxTries',
  'maxLaterTries',
  'backOffMs',
  'maxBackOffMs',
  'retryBudgetPercent',
  'retryBudgetMin',
  'hedgePercent',
  'maxInstanceInFlight',
  'maxInFlight',
  'maxPending',
  'arrivingPercent',
  'queueTimeoutMs',
  'requestTimeoutMs',
] as const satisfies readonly SettingName[];

export type GroupConfig = Config<(typeof clusterSettings)[number]>;

/** The troubles of a moment. A bad answer would likely be bad again, and a time-out has cost its time. */
const LATER_ON: ReadonlySet<Outcome> = new Set(['unreachable', 'broken']);

/** What a process was told about its group, as the core takes it. */
export function clusterOptions(config: GroupConfig): ClusterOptions & { readonly strategy: StrategyName } {
  return {
    strategy: config.strategy,
    health: { fall: config.healthFall, rise: config.healthRise },
    ejection: {
      failuresInARow: config.ejectFailures,
      intervalMs: config.ejectIntervalMs,
      minPeers: config.ejectMinPeers,
      minTries: config.ejectMinTries,
      deviations: config.ejectDeviationsPermille / 1000,
      latencyFactor: config.ejectLatencyFactor,
      latencyFloorMs: config.ejectLatencyFloorMs,
      ejectionMs: config.ejectMs,
      maxEjectionMs: config.ejectMaxMs,
      maxShare: config.ejectMaxPercent / 100,
    },
    panicShare: config.panicPercent / 100,
    slowStartMs: config.slowStartMs,
    retry: {
      maxTries: config.maxTries,
      maxLaterTries: config.maxLaterTries,
      laterOn: LATER_ON,
      backOffMs: config.backOffMs,
      maxBackOffMs: config.maxBackOffMs,
    },
    retryBudget: { share: config.retryBudgetPercent / 100, min: config.retryBudgetMin },
    hedgeQuantile: config.hedgePercent / 100,
    maxInFlightPerInstance: config.maxInstanceInFlight,
    admission: {
      maxInFlight: config.maxInFlight,
      maxPending: config.maxPending,
      arrivingShare: config.arrivingPercent / 100,
      queueTimeoutMs: config.queueTimeoutMs,
    },
    forgetAfterMs: config.requestTimeoutMs,
  };
}
