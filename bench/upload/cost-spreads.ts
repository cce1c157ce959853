import { type Spread, spreadOf } from '../measure/spread.ts';
import type { UploadCost } from './measure-upload.ts';

/** What uploads of one kind cost, over all repetitions. */
export interface CostSpreads {
  readonly repetitions: number;
  readonly wall_s: Spread;
  /** Of all processes that the text passed through. */
  readonly cpu_s: Spread;
  readonly sender_cpu_s: Spread;
  /** Of the machine's processor time, 0 to 1. */
  readonly others_share: Spread;
}

/** @param costs - of each repetition, at least one. */
export function costSpreadsOf(costs: readonly UploadCost[]): CostSpreads {
  const spread = (figure: (cost: UploadCost) => number) => spreadOf(costs.map(figure));
  return {
    repetitions: costs.length,
    wall_s: spread(({ wallMs }) => wallMs / 1000),
    cpu_s: spread(({ cpuMs }) => cpuMs / 1000),
    sender_cpu_s: spread(({ senderCpuMs }) => senderCpuMs / 1000),
    others_share: spread(({ othersShare }) => othersShare),
  };
}
