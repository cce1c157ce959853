import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { MalformedCase } from './cases/case.ts';
import { corpus } from './cases/index.ts';
import { asHttp2 } from './support/as-http2.ts';
import { checkCase, type Endpoint } from './support/check.ts';
import { checkHttp2 } from './support/check-http2.ts';
import { byteByByte, cutAt, type Delivery, whole } from './support/exchange.ts';
import { openBalancer, openService } from './support/targets.ts';

const areas = Object.entries(corpus);
const cases = Object.values(corpus).flat();

/** Longer ones are cut at random places only. */
const MAX_BYTE_BY_BYTE = 2000;

/** Sends the cases one after the other, and tells which went otherwise than they should. */
async function failures(target: Endpoint, sent: readonly MalformedCase[], delivery: Delivery): Promise<string[]> {
  const failed: string[] = [];
  for (const each of sent) {
    await checkCase(target, each, delivery).catch((error: Error) => failed.push(`${each.name}: ${error.message}`));
  }
  return failed;
}

test('there are at least 150 cases, and none has the name or the bytes of another of its area', () => {
  expect(cases.length).toBeGreaterThanOrEqual(150);
  for (const [area, inArea] of areas) {
    expect(new Set(inArea.map(({ name }) => name)).size, area).toBe(inArea.length);
    expect(new Set(inArea.map(({ bytes }) => bytes)).size, area).toBe(inArea.length);
  }
});

describe('at a balancer, each is refused or forwarded as its case says', () => {
  test.each(areas)('%s, in one piece', async (_area, inArea) => {
    expect(await failures(await openBalancer(), inArea, whole)).toEqual([]);
  });

  test.each(areas)('%s, byte by byte', async (_area, inArea) => {
    const short = inArea.filter(({ bytes }) => bytes.length <= MAX_BYTE_BY_BYTE);
    expect(await failures(await openBalancer(), short, byteByByte)).toEqual([]);
  });

  test('all, cut at random places', async () => {
    const target = await openBalancer();
    const which = fc.nat(cases.length - 1);
    const places = fc.array(fc.nat(1000), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(which, places, async (n, permille) => {
        const each = cases[n] as MalformedCase;
        const delivery = cutAt(permille.map((place) => Math.floor((place * each.bytes.length) / 1000)));
        expect(await failures(target, [each], delivery)).toEqual([]);
      }),
      { numRuns: 400 },
    );
  });
});

describe('at a service, what a balancer refuses is refused', () => {
  const isRefused = ({ outcomes }: MalformedCase) => outcomes.every(({ kind }) => kind === 'refused');

  test.each(areas)('%s', async (_area, inArea) => {
    expect(await failures(await openService(), inArea.filter(isRefused), whole)).toEqual([]);
  });
});

/** About half of them are about what HTTP/2 has as well: methods, targets, fields, lengths, limits. */
const MIN_BY_HTTP2 = 200;

describe('by HTTP/2, each that can be said there comes to the same', () => {
  const byHttp2 = cases.flatMap((each) => {
    const request = asHttp2(each);
    return request ? [{ each, request }] : [];
  });

  test.each([
    ['a balancer', openBalancer, () => true],
    ['a service', openService, ({ outcomes }: MalformedCase) => outcomes[0]?.kind === 'refused'],
  ] as const)('at %s', async (_name, open, isSent) => {
    expect(byHttp2.length).toBeGreaterThan(MIN_BY_HTTP2);
    const target = await open();
    const failed: string[] = [];
    for (const { each, request } of byHttp2.filter(({ each }) => isSent(each))) {
      await checkHttp2(target, each, request).catch((error: Error) => failed.push(`${each.name}: ${error.message}`));
    }
    expect(failed).toEqual([]);
  });
});
