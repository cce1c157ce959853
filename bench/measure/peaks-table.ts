import type { Peak } from './fleet.ts';

/** The highest peak of each kind of process: the instances of a service, a balancer. */
export function highestByKind(peaks: readonly Peak[]): Peak[] {
  const kinds = Map.groupBy(peaks, ({ name }) => name.replace(/^(service\d)[a-z]$/, '$1'));
  return [...kinds].map(([name, all]) => ({ name, bytes: Math.max(...all.map(({ bytes }) => bytes)) }));
}
