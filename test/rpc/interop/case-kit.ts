import { status } from '@grpc/grpc-js';
import { expect } from 'vitest';
import { type Payload, PayloadType } from './gen/grpc/testing/messages_pb.js';
import { type Outcome, TestClient } from './test-client.js';

/** A case that is given a client of its own. */
export function interopCase(name: string, run: (client: TestClient) => Promise<void>) {
  const runAt = async (port: number) => {
    const client = new TestClient(port);
    try {
      await run(client);
    } finally {
      client.close();
    }
  };
  return { name, run: runAt };
}

/** A payload of zeros. */
export function zeros(bytes: number) {
  return { type: PayloadType.COMPRESSABLE, body: new Uint8Array(bytes) };
}

/** Fails if a payload is anything but as many zeros. */
export function expectZeros(payload: Payload | undefined, bytes: number): void {
  expect(payload?.type).toBe(PayloadType.COMPRESSABLE);
  expect(payload?.body.length).toBe(bytes);
  expect(payload?.body.every((byte) => byte === 0)).toBe(true);
}

/** Fails if a call failed; gives its responses. */
export function succeeded<Response>({ status: { code, details }, responses }: Outcome<Response>): readonly Response[] {
  expect({ code, details }).toEqual({ code: status.OK, details: expect.any(String) });
  return responses;
}
