import type { EjectionReason } from './passive-health-stats.js';

/** What a group tells of itself, for logs, and so that tries can be moved from an instance that has become unhealthy. */
export type ClusterEvent =
  | { readonly kind: 'unhealthy' | 'healthy' | 'readmitted'; readonly instance: string; readonly slot: number }
  | {
      readonly kind: 'ejected';
      readonly instance: string;
      readonly slot: number;
      readonly reason: EjectionReason;
      readonly untilMs: number;
    }
  | { readonly kind: 'panic'; readonly isOn: boolean; readonly usable: number; readonly candidates: number };

/** Called at once, in the middle of the group's work: it must not call the group. */
export type GroupListener = (event: ClusterEvent) => void;
