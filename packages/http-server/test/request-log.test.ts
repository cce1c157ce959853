import { Writable } from 'node:stream';
import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { logRequest, type RequestLine } from '../src/access-log/request-log.js';

const line: fc.Arbitrary<RequestLine> = fc.record({
  requestId: fc.oneof(fc.uuid(), fc.string({ unit: 'binary' })),
  method: fc.constantFrom('GET', 'POST'),
  route: fc.constantFrom('/process', '/stats', 'unknown'),
  status: fc.constantFrom(200, 404, 499, 500, 502),
  rpcCode: fc.option(fc.nat({ max: 16 }), { nil: undefined }),
  tookMs: fc.double({ min: 0, max: 1e6, noNaN: true }),
  upstream: fc.option(fc.string(), { nil: undefined }),
  tries: fc.option(fc.nat({ max: 9 }), { nil: undefined }),
});

/** A logger as processes have it, with a clock that stands still, and the lines that it wrote. */
function memoryLogger(level: string) {
  const lines: string[] = [];
  const sink = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      lines.push(chunk.toString());
      done();
    },
  });
  const formatters = { level: (label: string) => ({ level: label }) };
  const base = { service: 'service1', instance: 'service1a', stage: 1 };
  const timestamp = () => ',"time":"2026-01-02T03:04:05.678Z"';
  return { lines, logger: pino({ level, base, formatters, timestamp }, sink) };
}

/** What the line is to be the same as. */
function logPlainly(logger: pino.Logger, line: RequestLine) {
  const { requestId, method, route, status, rpcCode, tookMs, upstream, tries } = line;
  const duration_ms = Math.round(tookMs * 1e3) / 1e3;
  const fields = { request_id: requestId, method, route, status, duration_ms, rpc_code: rpcCode, upstream, tries };
  if (status >= 500) logger.error(fields, 'request');
  else logger.info(fields, 'request');
}

describe('the line of a request', () => {
  test.each(['trace', 'info', 'warn', 'silent'])('is the one that pino would write, at the level %s', (level) => {
    fc.assert(
      fc.property(line, (each) => {
        const ours = memoryLogger(level);
        const pinos = memoryLogger(level);
        logRequest(ours.logger, each);
        logPlainly(pinos.logger, each);
        expect(ours.lines).toEqual(pinos.lines);
      }),
    );
  });
});
