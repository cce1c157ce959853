import { type Stage, stages, withInstance } from '@flotilla/topology';
import { expect, onTestFinished, test } from 'vitest';
import { testFleet } from './support.js';

/** The table with one more port at the end of stage 3's line: what adding a fifth instance takes. */
const table: readonly Stage[] = stages.map((stage) => (stage.number === 3 ? withInstance(stage, 8101) : stage));

test('a fifth instance is one line of the topology: it runs, and gets its share', async () => {
  const fleet = await testFleet({ mode: 'parallel', table });
  onTestFinished(() => fleet.end());
  expect(fleet.processes).toHaveLength(21);
  for (let n = 0; n < 10; n++) expect((await fleet.post('/process', { text: 'x' })).status).toBe(200);
  const { instances, stats } = await fleet.stats(3);
  expect(instances.at(-1)).toBe('service3e:8101');
  expect(instances.map((key) => stats[key]?.requests)).toEqual([2, 2, 2, 2, 2]);
});
