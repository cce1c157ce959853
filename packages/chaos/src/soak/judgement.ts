import { formatCount } from '@flotilla/terminal/figures';
import type { Look } from './growth.js';
import type { ProcessFigures } from './process-figures.js';

/** What became of the requests. */
export interface Counts {
  readonly requests: number;
  readonly failed: number;
  readonly wrong: number;
}

/** What a process held before, in the course of a soak, and after it. */
export interface SoakedProcess {
  readonly name: string;
  readonly before: ProcessFigures;
  /** At rest after the first part of the requests, and then again and again until the end. */
  readonly looks: readonly Look[];
  /** How fast it grew in the last of them. */
  readonly bytesPerRequest: number;
  /** Under load. */
  readonly mostBytes: number;
  /** When the load was over, and idle connections had had their time. */
  readonly after: ProcessFigures;
}

/** What a process may grow by in the end, per request, for {@link growthPerRequest} is not exact. */
const MAX_BYTES_PER_REQUEST = 20;
/** With fewer requests what is measured between two looks is mostly chance; memory is shown, and not judged. */
const MIN_JUDGED_REQUESTS = 100_000;
/** The measurement itself is a connection, and so is a scraper at the same time. */
const MAX_MORE_SOCKETS = 2;
const MAX_MORE_TIMERS = 2;

/** What is open that was not before. */
export function leaksOf(before: ProcessFigures, after: ProcessFigures): string[] {
  const sockets = after.sockets - before.sockets;
  const timers = after.timers - before.timers;
  return [
    ...(sockets > MAX_MORE_SOCKETS ? [`${formatCount(sockets)} sockets more than before`] : []),
    ...(timers > MAX_MORE_TIMERS ? [`${formatCount(timers)} timers more than before`] : []),
  ];
}

/** What is wrong with the answers. */
export function missedBy({ failed, wrong }: Counts): string[] {
  return [
    ...(failed > 0 ? [`${formatCount(failed)} requests failed`] : []),
    ...(wrong > 0 ? [`${formatCount(wrong)} answers were wrong`] : []),
  ];
}

/** What is wrong with a process, of a soak of so many requests. */
export function missedByProcess({ name, before, after, bytesPerRequest }: SoakedProcess, requests: number): string[] {
  const isGrowing = requests >= MIN_JUDGED_REQUESTS && bytesPerRequest > MAX_BYTES_PER_REQUEST;
  return [
    ...leaksOf(before, after).map((leak) => `${name}: ${leak}`),
    ...(isGrowing ? [`${name}: it keeps ${formatCount(Math.round(bytesPerRequest))} bytes of every request`] : []),
  ];
}
