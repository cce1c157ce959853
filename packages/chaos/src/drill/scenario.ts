import type { SteadyLoad } from '../load/steady-load.js';
import type { Tally } from '../load/tally.js';
import type { Transport } from '../load/transport.js';
import type { DrillFleet } from './drill-fleet.js';

/** What a scenario works with. */
export interface DrillContext {
  readonly fleet: DrillFleet;
  readonly load: SteadyLoad;
  /** What the load is sent by. */
  readonly transport: Transport;
  /** Smaller amounts, for people in a hurry. */
  readonly isShort: boolean;
}

/** What a scenario saw beside the load. */
export interface Observation {
  /** Further requests, which count as well. */
  readonly tally?: Tally;
  /** Figures worth showing: `the balancer took 212 MB`. */
  readonly notes?: readonly string[];
  /** Figures that were to be reached, and were not. */
  readonly missed?: readonly string[];
}

/** What must hold beside that no answer is wrong. */
export interface Targets {
  /** Requests that may fail: none; or any that met the fault, but none that began after it. */
  readonly failed: 'none' | 'none afterwards';
  /** p99 is back within twice of what it was, the fault still there. Absent: whenever. */
  readonly recoveredWithinMs?: number;
  /** p99 during the fault, as a multiple of what it was. Absent: any. */
  readonly maxP99Factor?: number;
}

/** One fault, or one kind of them, under steady load. */
export interface Scenario {
  readonly name: string;
  /** For people, in a table. */
  readonly fault: string;
  /** Of each stage. */
  readonly balancers: number;
  readonly clients: number;
  /** Between an answer and the client's next request. */
  readonly pauseMs: number;
  /** How long latencies are looked at before the fault comes, if longer than usual: a p99 is that of few requests. */
  readonly beforeMs?: number;
  /** How long the fault stays once it has come. */
  readonly holdMs: number;
  /** Whether taking the fault away is a part of it: latencies are those of `during` until that is done. */
  readonly endsWithHealing?: boolean;
  readonly targets: Targets;
  /** Whether it is a part of the short drill. */
  readonly isShort: boolean;
  /** What takes long, and is done before the load begins. */
  prepare?(): Promise<void>;
  /**
   * Done under load before latencies are looked at: whatever runs for the first time with the fault is slow for that
   * reason alone.
   */
  rehearse?(context: DrillContext): Promise<void>;
  /** Brings the fault about. What it gives back takes it away. */
  inject(context: DrillContext): Promise<() => Promise<Observation | undefined>>;
}
