import { stages } from '@flotilla/topology';
import { describe, expect, test } from 'vitest';
import { compose, containersOf, networksOf } from './docker.js';
import { answerOf, at, composeFleet, send } from './fleet.js';
import { containerName } from './pipeline.js';

composeFleet('sequential');

describe('the sequential fleet', () => {
  test('one container of each service, on the ports of the stages', async () => {
    expect(await containersOf('sequential')).toEqual(stages.map(({ service }) => containerName(`${service}a`)));
    for (const { port, service } of stages) {
      expect(await (await fetch(`${at(port)}/health`)).json()).toEqual({ status: 'healthy', service });
    }
  });

  test('takes a request through the four of them', async () => {
    const response = await send('one two two');
    expect(response.headers.get('x-served-by')).toBe('service1a, service2a, service3a, service4a');
    expect(await answerOf(response)).toMatchObject({
      word_count: 3,
      top_words: [
        ['two', 2],
        ['one', 1],
      ],
    });
  });

  test('the client reaches it by its host names', async () => {
    const client = ['run', '--rm', '--no-TTY', 'client', 'process', 'sample.txt', '--parallel', '4'];
    expect(await compose('sequential', client)).toContain('Total words:   1,445');
  });

  test('down leaves nothing, and is safe to repeat', async () => {
    await compose('sequential', ['down']);
    expect([...(await containersOf('sequential')), ...(await networksOf('sequential'))]).toEqual([]);
    await compose('sequential', ['down']);
  });
});
