/**
 * Load where wrk is missing: one POST after another on each of some connections.
 *
 *     node generator.ts URL BODY_FILE CONNECTIONS SECONDS
 *
 * Prints one line of JSON, as wrk.lua does.
 */
import { readFileSync } from 'node:fs';
import { connect } from 'node:net';
import { quantile } from '../../../client/dist/quantiles.js';
import { HttpMessages } from '../../measure/http-messages.ts';

const [url, bodyFile, connections, seconds] = process.argv.slice(2) as [string, string, string, string];
const { host, hostname, port, pathname } = new URL(url);
const body = readFileSync(bodyFile);
const head = `POST ${pathname} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n`;
const request = Buffer.concat([Buffer.from(head), body]);
const latenciesMs: number[] = [];
let errors = 0;
let isOver = false;

/** Sends until the time is over; a connection that breaks is opened again, and counted. */
function keepSending(): void {
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  let sentMs = 0;
  const send = () => {
    if (isOver) socket.destroy();
    else {
      sentMs = performance.now();
      socket.write(request);
    }
  };
  const answers = new HttpMessages((answerHead) => {
    latenciesMs.push(performance.now() - sentMs);
    if (!/^HTTP\/1\.1 2\d\d /.test(answerHead)) errors++;
    send();
  });
  socket.on('connect', send);
  socket.on('data', (chunk) => answers.write(chunk as Buffer));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    if (isOver) return;
    errors++;
    setTimeout(keepSending, 100);
  });
}

const started = performance.now();
for (let n = 0; n < Number(connections); n++) keepSending();
setTimeout(() => {
  isOver = true;
  const sorted = latenciesMs.toSorted((a, b) => a - b);
  const [p50, p99] = sorted.length === 0 ? [0, 0] : [quantile(sorted, 0.5), quantile(sorted, 0.99)];
  const result = {
    requests: sorted.length,
    duration_us: (performance.now() - started) * 1e3,
    p50_us: p50 * 1e3,
    p99_us: p99 * 1e3,
    errors,
  };
  process.stdout.write(`${JSON.stringify(result)}\n`, () => process.exit(0));
}, Number(seconds) * 1000);
