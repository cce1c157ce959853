import { afterAll, beforeAll, describe, test } from 'vitest';
import { cases } from './cases.js';
import { type Door, openTestServer } from './test-service.js';

/** The ways to the test service. All must let each case pass. */
const doors: readonly { readonly name: string; readonly open: () => Promise<Door> }[] = [
  { name: 'directly', open: openTestServer },
];

describe.each(doors)('gRPC interoperates $name', ({ open }) => {
  let door: Door | undefined;

  beforeAll(async () => {
    door = await open();
  });

  afterAll(() => door?.close());

  test.each(cases)('$name', ({ run }) => run(door?.port ?? 0));
});
