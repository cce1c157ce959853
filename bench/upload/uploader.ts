/** Sends files, in a process of its own: asked with an UploadRequest, it answers with an UploadResult. */
import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { Agent, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { answerQuestions } from '../measure/helper-process.ts';
import type { Body, UploadRequest, UploadResult } from './upload.ts';

/** What the client reads at once. */
const SLICE_BYTES = 256 * 1024;
const MAX_SHOWN_BYTES = 500;
/** Keeps no connection: each upload pays for its own. */
const agent = new Agent();

answerQuestions<UploadRequest, UploadResult>(async ({ url, bodies }) => {
  const cpu = process.cpuUsage();
  const startMs = performance.now();
  const answers = await Promise.all(bodies.map((body) => send(url, body)));
  const wallMs = performance.now() - startMs;
  const { user, system } = process.cpuUsage(cpu);
  return { wallMs, answers, senderCpuNs: (user + system) * 1000 };
});

/** @throws Error when the answer has another status than 200, or does not come. */
async function send(url: string, { file, start, end, contentType, requestId }: Body): Promise<Buffer> {
  const headers = { 'content-type': contentType, 'content-length': end - start, 'x-request-id': requestId };
  const sent = request(url, { method: 'POST', agent, headers });
  const answered = once(sent, 'response') as Promise<[IncomingMessage]>;
  const read = createReadStream(file, { start, end: end - 1, highWaterMark: SLICE_BYTES });
  // A refusal can come before all is sent, and says more than the connection that then breaks.
  const uploaded = pipeline(read, sent).then(
    () => undefined,
    (error: unknown) => error,
  );
  const [response] = await answered;
  const answer = await buffer(response);
  if (response.statusCode !== 200) {
    throw new Error(`${requestId}: ${response.statusCode} ${answer.subarray(0, MAX_SHOWN_BYTES)}`);
  }
  const failure = await uploaded;
  if (failure !== undefined) throw failure;
  return answer;
}
