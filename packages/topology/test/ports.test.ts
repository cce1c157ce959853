import { describe, expect, test } from 'vitest';
import { everyProcess, fleets, fullestDefinitions, MAX_PORT_OFFSET, movedPorts, reservedPorts } from '../src/index.js';

const all = Object.values(reservedPorts).flat();
const MAX_PORT = 65_535;

describe('the table of ports', () => {
  test('has no port twice', () => {
    const twice = all.filter((port, index) => all.indexOf(port) !== index);
    expect(twice).toEqual([]);
  });

  test('has the ports that people know', () => {
    expect(reservedPorts.pipeline).toEqual(expect.arrayContaining([8051, 8061, 8064, 8070, 8074]));
    expect(reservedPorts.workers.slice(0, 3)).toEqual([5000, 6379, 8081]);
    expect(reservedPorts.polls).toEqual([8080, 50_051, 50_052, 5432, 5433]);
    expect(reservedPorts.sums).toEqual(
      expect.arrayContaining([8090, 9091, 9092, 9093, 9094, 9095, 9096, 9097, 19_093]),
    );
    expect(reservedPorts.console).toEqual([8100]);
    expect(reservedPorts.telemetry).toEqual([9090, 3000, 3100, 3200, 4317, 4318]);
    expect([reservedPorts.additional[0], reservedPorts.additional.at(-1)]).toEqual([8101, 8299]);
  });

  test.each(fleets.map((fleet) => [fleet.name, fleet] as const))(
    '%s has no others, and no process shares one',
    (name, fleet) => {
      const own: readonly number[] = reservedPorts[name as keyof typeof reservedPorts];
      for (const definition of fullestDefinitions(fleet)) {
        const ports = everyProcess(definition).flatMap((process) => process.ports.map(({ number }) => number));
        expect(new Set(ports).size).toBe(ports.length);
        expect(ports.filter((port) => !own.includes(port) && !reservedPorts.additional.includes(port))).toEqual([]);
      }
    },
  );

  test('names of processes are those of one fleet only', () => {
    const names = fleets.flatMap((fleet) => [
      ...new Set(fullestDefinitions(fleet).flatMap((definition) => everyProcess(definition).map(({ name }) => name))),
    ]);
    expect(new Set(names).size).toBe(names.length);
  });
});

describe('an offset', () => {
  test.each([1, 1000, 24_000, MAX_PORT_OFFSET])(
    'of %i moves all into one block, and no two to the same port',
    (offset) => {
      const moved = [...movedPorts(all, offset).values()];
      expect(new Set(moved).size).toBe(all.length);
      expect(Math.min(...moved)).toBeGreaterThanOrEqual(8000 + offset);
      expect(Math.max(...moved)).toBeLessThanOrEqual(Math.min(8535 + offset, MAX_PORT));
    },
  );

  test('is added to what is in the block; what is not is folded into it, the same for whichever fleet', () => {
    const moved = movedPorts([8061, 50_051], 24_000);
    expect(moved.get(8061)).toBe(32_061);
    expect(moved.get(50_051)).toBe(movedPorts(all, 24_000).get(50_051));
    expect(moved.get(50_051)).toBeGreaterThanOrEqual(32_500);
  });

  test('folds ports that the table does not have behind those that it has', () => {
    const moved = movedPorts([7000, 40_000, 6379], 1000);
    expect(new Set([...moved.values(), ...movedPorts(all, 1000).values()]).size).toBe(all.length + 2);
    expect(moved.get(6379)).toBe(movedPorts(all, 1000).get(6379));
  });

  test('of 0 leaves all where they are', () => {
    expect(movedPorts([50_051, 7000], 0)).toEqual(
      new Map([
        [50_051, 50_051],
        [7000, 7000],
      ]),
    );
  });
});
