import type { PlacedProcess } from './placed-process.js';

/**
 * Groups of processes in the order in which they are stopped: callers before those that they call, so that nothing that
 * still runs has to turn away from what is gone. Backwards it is the order of their start.
 */
export function stopOrder<Process extends Pick<PlacedProcess, 'name' | 'dependsOn'>>(
  processes: readonly Process[],
): Process[][] {
  const levels = new Map<string, number>(processes.map(({ name }) => [name, 0]));
  // As many rounds as a chain of calls can be long; a circle would go on for ever.
  for (let round = 0; round < processes.length; round++) {
    let changed = false;
    for (const { name, dependsOn } of processes) {
      for (const { name: callee } of dependsOn) {
        const level = (levels.get(name) ?? 0) + 1;
        if (!levels.has(callee) || (levels.get(callee) ?? 0) >= level) continue;
        levels.set(callee, level);
        changed = true;
      }
    }
    if (!changed) break;
  }
  const groups = new Map<number, Process[]>();
  for (const process of processes) {
    const level = levels.get(process.name) ?? 0;
    groups.set(level, [...(groups.get(level) ?? []), process]);
  }
  return [...groups].sort(([a], [b]) => a - b).map(([, group]) => group);
}
