import type { InboundRequest } from '@flotilla/http-server';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { framed } from '../../balancer/test/rpc-fixtures.js';
import { isFailure, outcomeOfRpc } from '../src/core/outcome.js';
import { deadlineOf, timeoutFields } from '../src/request/deadline.js';
import { outcomeOfFields, rpcCodeIn, statusFields } from '../src/request/rpc-status.js';

/** RESOURCE_EXHAUSTED, INTERNAL, UNAVAILABLE, DATA_LOSS. */
const OF_INSTANCES = new Set([8, 13, 14, 15]);
const MAX_MS = 300_000;
/** What may lie between two looks at the clock. */
const SLACK_MS = 1000;

test('a status is an instance’s failure if it is one of four, and neither the caller’s nor a further stage’s', () => {
  const stages = fc.option(fc.constantFrom('service2', 'service3'), { nil: undefined });
  const statuses = fc.option(fc.constantFrom(400, 413, 422, 499, 500, 502, 503, 504), { nil: undefined });
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 999 }), stages, statuses, (code, failedStage, problemStatus) => {
      const isOwn = failedStage === undefined && (problemStatus === undefined || problemStatus >= 500);
      expect(isFailure(outcomeOfRpc(code, failedStage, problemStatus))).toBe(OF_INSTANCES.has(code) && isOwn);
    }),
  );
});

test('fields without a status that is a number are an answer that was cut off', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      const fields = ['grpc-status', value];
      const isNumber = /^\d{1,3}$/.test(value);
      expect(rpcCodeIn(fields)).toBe(isNumber ? Number(value) : undefined);
      if (!isNumber) expect(outcomeOfFields(fields)).toBe('broken');
    }),
  );
});

test('the status at the end of a body of gRPC-Web is found behind any messages, however it is cut into pieces', () => {
  const messages = fc.array(fc.uint8Array({ maxLength: 40 }), { maxLength: 5 });
  fc.assert(
    fc.property(messages, fc.integer({ min: 0, max: 16 }), fc.nat(), (given, code, seed) => {
      const frames = given.map((message) => framed(Buffer.from(message)));
      const body = Buffer.concat([...frames, framed(`Grpc-Status: ${code}\r\nx: y\r\n`, 0x80)]).toString('latin1');
      const cut = seed % body.length;
      const held = [body.slice(0, cut), body.slice(cut)];
      expect(rpcCodeIn(statusFields({ headers: [], trailers: [], held }, true))).toBe(code);
    }),
  );
});

test('any bytes are read as a body of gRPC-Web without harm', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      const held = [Buffer.from(bytes).toString('latin1')];
      const fields = statusFields({ headers: [], trailers: [], held }, true);
      expect(fields === undefined || fields.length % 2 === 0).toBe(true);
    }),
  );
});

function requestWith(fields: Readonly<Record<string, string>>): InboundRequest {
  return {
    url: '/',
    httpVersion: '2.0',
    rawHeaders: [],
    remoteAddress: undefined,
    header: (name) => fields[name],
    receive: () => ({ resume: () => {} }),
  };
}

/** What is left of the time that these fields give, in ms. */
function leftMs(fields: Readonly<Record<string, string>>): number {
  return deadlineOf(requestWith(fields), MAX_MS) - performance.now();
}

test('a time of gRPC is kept in each of its units, and never beyond what the process allows', () => {
  const unitMs: Readonly<Record<string, number>> = { H: 3_600_000, M: 60_000, S: 1000, m: 1, u: 1e-3, n: 1e-6 };
  const units = fc.constantFrom(...Object.keys(unitMs));
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 99_999_999 }), units, (amount, unit) => {
      const expectedMs = Math.min(MAX_MS, amount * (unitMs[unit] ?? Number.NaN));
      const left = leftMs({ 'grpc-timeout': `${amount}${unit}` });
      expect(left).toBeLessThanOrEqual(expectedMs);
      expect(left).toBeGreaterThan(expectedMs - SLACK_MS);
    }),
  );
});

test('what is no time changes nothing', () => {
  fc.assert(
    fc.property(fc.string(), (value) => {
      fc.pre(!/^\d{1,8}[HMSmun]$/.test(value));
      expect(leftMs({ 'grpc-timeout': value })).toBeGreaterThan(MAX_MS - SLACK_MS);
    }),
  );
});

test('the shortest of the times that are told counts, and what is left is passed on as it came', () => {
  const times = fc.tuple(fc.nat({ max: MAX_MS }), fc.nat({ max: MAX_MS }), fc.nat({ max: MAX_MS }));
  fc.assert(
    fc.property(times, ([ours, grpc, connect]) => {
      const fields = {
        'x-request-deadline-ms': String(ours),
        'grpc-timeout': `${grpc}m`,
        'connect-timeout-ms': String(connect),
      };
      expect(leftMs(fields)).toBeLessThanOrEqual(Math.min(ours, grpc, connect));
      expect(timeoutFields(requestWith(fields), 12)).toEqual([
        'x-request-deadline-ms',
        '12',
        'grpc-timeout',
        '12m',
        'connect-timeout-ms',
        '12',
      ]);
    }),
  );
});
