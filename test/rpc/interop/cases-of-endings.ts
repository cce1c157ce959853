import { randomUUID } from 'node:crypto';
import { constants } from 'node:http2';
import { Metadata, status } from '@grpc/grpc-js';
import { expect } from 'vitest';
import { CALL_NAME, ended, started } from './call-record.js';
import { expectZeros, interopCase, zeros } from './case-kit.js';
import { TestService, UnimplementedService } from './gen/grpc/testing/test_pb.js';
import type { Outcome, TestClient } from './test-client.js';

const { unaryCall, streamingInputCall, fullDuplexCall, unimplementedCall } = TestService.method;

/** Long enough for a call to reach the server on a busy machine. */
const DEADLINE_MS = 1000;

async function cancelAfterBegin(client: TestClient): Promise<void> {
  const atOnce = client.clientStream(streamingInputCall);
  atOnce.call.cancel();
  expectCancelled(await atOnce.outcome);

  // And once the server has the call, but no message of it.
  const { name, metadata } = namedCall();
  const { call, outcome } = client.clientStream(streamingInputCall, { metadata });
  await orEnded(started(name), outcome);
  call.cancel();
  expectCancelled(await outcome);
  expect(await ended(name)).toBe(constants.NGHTTP2_CANCEL);
}

async function cancelAfterFirstResponse(client: TestClient): Promise<void> {
  const { name, metadata } = namedCall();
  const { call, ask, outcome } = client.duplex(fullDuplexCall, { metadata });
  const response = await ask({ responseParameters: [{ size: 31_415 }], payload: zeros(27_182) });
  expectZeros(response.payload, 31_415);
  call.cancel();
  const cancelled = await outcome;
  expectCancelled(cancelled);
  expect(cancelled.responses).toHaveLength(1);
  expect(await ended(name)).toBe(constants.NGHTTP2_CANCEL);
}

async function timeoutOnSleepingServer(client: TestClient): Promise<void> {
  const tooShort = client.duplex(fullDuplexCall, { deadlineMs: 1 });
  tooShort.call.write({ payload: zeros(27_182) });
  expect((await tooShort.outcome).status.code).toBe(status.DEADLINE_EXCEEDED);

  // And with a deadline that the server lives to see.
  await client.connected();
  const { name, metadata } = namedCall();
  const { call, outcome } = client.duplex(fullDuplexCall, { metadata, deadlineMs: DEADLINE_MS });
  call.write({ payload: zeros(27_182) });
  const { timeoutMs } = await orEnded(started(name), outcome);
  expect(timeoutMs).toBeGreaterThan(0);
  expect(timeoutMs).toBeLessThanOrEqual(DEADLINE_MS);
  expect((await outcome).status.code).toBe(status.DEADLINE_EXCEEDED);
  await ended(name);
}

/** Both kinds of call end with the code and the message that the server is asked for. */
async function echoStatus(client: TestClient, message: string): Promise<void> {
  const request = { responseStatus: { code: status.UNKNOWN, message } };
  const { call, outcome } = client.duplex(fullDuplexCall);
  call.write(request);
  call.end();
  for (const { status: told, responses } of [await client.unary(unaryCall, request), await outcome]) {
    expect({ code: told.code, details: told.details }).toEqual({ code: status.UNKNOWN, details: message });
    expect(responses).toEqual([]);
  }
}

async function unimplementedMethod(client: TestClient): Promise<void> {
  const { status: told } = await client.unary(unimplementedCall, {});
  expect(told.code).toBe(status.UNIMPLEMENTED);
}

async function unimplementedService(client: TestClient): Promise<void> {
  const { status: told } = await client.unary(UnimplementedService.method.unimplementedCall, {});
  expect(told.code).toBe(status.UNIMPLEMENTED);
}

/** A name for a call, and the metadata that bears it. */
function namedCall() {
  const name = randomUUID();
  const metadata = new Metadata();
  metadata.set(CALL_NAME, name);
  return { name, metadata };
}

/** Waits for a step of a call; fails if the call ends before. */
function orEnded<Step>(step: Promise<Step>, outcome: Promise<Outcome<unknown>>): Promise<Step> {
  const early = outcome.then(({ status: { code, details } }) => {
    throw new Error(`the call ended with ${code} (${details})`);
  });
  early.catch(() => {});
  return Promise.race([step, early]);
}

function expectCancelled({ status: told }: Outcome<unknown>): void {
  expect(told.code).toBe(status.CANCELLED);
}

const PLAIN_MESSAGE = 'test status message';
const SPECIAL_MESSAGE = '\t\ntest with whitespace\r\nand Unicode BMP ☺ and non-BMP 😈\t\n';

/** The cases of how calls end. */
export const casesOfEndings = [
  interopCase('cancel_after_begin', cancelAfterBegin),
  interopCase('cancel_after_first_response', cancelAfterFirstResponse),
  interopCase('timeout_on_sleeping_server', timeoutOnSleepingServer),
  interopCase('status_code_and_message', (client) => echoStatus(client, PLAIN_MESSAGE)),
  interopCase('special_status_message', (client) => echoStatus(client, SPECIAL_MESSAGE)),
  interopCase('unimplemented_method', unimplementedMethod),
  interopCase('unimplemented_service', unimplementedService),
];
