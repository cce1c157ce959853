import { toBinary } from '@bufbuild/protobuf';
import { Metadata } from '@grpc/grpc-js';
import { expect } from 'vitest';
import { expectZeros, interopCase, succeeded, zeros } from './case-kit.js';
import { EmptySchema } from './gen/grpc/testing/empty_pb.js';
import { TestService } from './gen/grpc/testing/test_pb.js';
import type { Outcome, TestClient } from './test-client.js';
import { ECHO_INITIAL, ECHO_TRAILING } from './test-service.js';

const { emptyCall, unaryCall, streamingInputCall, streamingOutputCall, fullDuplexCall } = TestService.method;

const LARGE_REQUEST_BYTES = 271_828;
const LARGE_RESPONSE_BYTES = 314_159;
const REQUEST_BYTES = [27_182, 8, 1828, 45_904];
const RESPONSE_BYTES = [31_415, 9, 2653, 58_979];

const LARGE_REQUEST = { responseSize: LARGE_RESPONSE_BYTES, payload: zeros(LARGE_REQUEST_BYTES) };

async function emptyUnary(client: TestClient): Promise<void> {
  const [response, ...more] = succeeded(await client.unary(emptyCall, {}));
  expect(more).toEqual([]);
  expect(response && toBinary(EmptySchema, response)).toHaveLength(0);
}

async function largeUnary(client: TestClient): Promise<void> {
  const [response] = succeeded(await client.unary(unaryCall, LARGE_REQUEST));
  expectZeros(response?.payload, LARGE_RESPONSE_BYTES);
}

async function clientStreaming(client: TestClient): Promise<void> {
  const { call, outcome } = client.clientStream(streamingInputCall);
  for (const bytes of REQUEST_BYTES) call.write({ payload: zeros(bytes) });
  call.end();
  const [response] = succeeded(await outcome);
  expect(response?.aggregatedPayloadSize).toBe(74_922);
}

async function serverStreaming(client: TestClient): Promise<void> {
  const request = { responseParameters: RESPONSE_BYTES.map((size) => ({ size })) };
  const responses = succeeded(await client.serverStream(streamingOutputCall, request));
  expect(responses).toHaveLength(RESPONSE_BYTES.length);
  for (const [index, bytes] of RESPONSE_BYTES.entries()) expectZeros(responses[index]?.payload, bytes);
}

async function pingPong(client: TestClient): Promise<void> {
  const { call, ask, outcome } = client.duplex(fullDuplexCall);
  for (const [index, size] of RESPONSE_BYTES.entries()) {
    const response = await ask({ responseParameters: [{ size }], payload: zeros(REQUEST_BYTES[index] ?? 0) });
    expectZeros(response.payload, size);
  }
  call.end();
  expect(succeeded(await outcome)).toHaveLength(RESPONSE_BYTES.length);
}

async function emptyStream(client: TestClient): Promise<void> {
  const { call, outcome } = client.duplex(fullDuplexCall);
  call.end();
  expect(succeeded(await outcome)).toEqual([]);
}

async function customMetadata(client: TestClient): Promise<void> {
  const unary = await client.unary(unaryCall, LARGE_REQUEST, { metadata: echoed() });
  expectZeros(succeeded(unary)[0]?.payload, LARGE_RESPONSE_BYTES);
  expectEchoed(unary);
  const { call, outcome } = client.duplex(fullDuplexCall, { metadata: echoed() });
  call.write({ responseParameters: [{ size: LARGE_RESPONSE_BYTES }], payload: zeros(LARGE_REQUEST_BYTES) });
  call.end();
  const duplex = await outcome;
  expectZeros(succeeded(duplex)[0]?.payload, LARGE_RESPONSE_BYTES);
  expectEchoed(duplex);
}

const INITIAL_VALUE = 'test_initial_metadata_value';
const TRAILING_VALUE = Buffer.from('ababab', 'hex');

function echoed(): Metadata {
  const metadata = new Metadata();
  metadata.set(ECHO_INITIAL, INITIAL_VALUE);
  metadata.set(ECHO_TRAILING, TRAILING_VALUE);
  return metadata;
}

/** Each comes back in its place, and in that only. */
function expectEchoed({ initialMetadata, status }: Outcome<unknown>): void {
  expect(initialMetadata.get(ECHO_INITIAL)).toEqual([INITIAL_VALUE]);
  expect(initialMetadata.get(ECHO_TRAILING)).toEqual([]);
  expect(status.metadata.get(ECHO_TRAILING)).toEqual([TRAILING_VALUE]);
  expect(status.metadata.get(ECHO_INITIAL)).toEqual([]);
}

/** The cases of what comes through. */
export const casesOfMessages = [
  interopCase('empty_unary', emptyUnary),
  interopCase('large_unary', largeUnary),
  interopCase('client_streaming', clientStreaming),
  interopCase('server_streaming', serverStreaming),
  interopCase('ping_pong', pingPong),
  interopCase('empty_stream', emptyStream),
  interopCase('custom_metadata', customMetadata),
];
