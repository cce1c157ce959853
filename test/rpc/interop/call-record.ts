import type { HandlerContext } from '@connectrpc/connect';

/** The request header that names a call, for who wants to know what became of it at the server. */
export const CALL_NAME = 'x-interop-call';

/** How a call comes to the server. */
interface Beginning {
  /** How long the client will wait. */
  readonly timeoutMs: number | undefined;
}

interface CallRecord {
  readonly started: PromiseWithResolvers<Beginning>;
  readonly ended: PromiseWithResolvers<number>;
}

/** What became of the calls that bear a name. The test service runs in the process of its tests, whatever stands between. */
const records = new Map<string, CallRecord>();

/** Notes that a call has reached its handler. */
export function recordBeginning({ requestHeader, timeoutMs }: HandlerContext): void {
  const name = requestHeader.get(CALL_NAME);
  if (name !== null) recordOf(name).started.resolve({ timeoutMs: timeoutMs() });
}

/** Notes with which code of HTTP/2 the stream of a call was closed. */
export function recordEnd(name: unknown, resetCode: number): void {
  if (typeof name === 'string') recordOf(name).ended.resolve(resetCode);
}

/** Waits until a call has reached its handler. */
export function started(name: string): Promise<Beginning> {
  return recordOf(name).started.promise;
}

/** Waits until a call's stream has been closed at the server; gives the code of HTTP/2, 0 if it was not reset. */
export function ended(name: string): Promise<number> {
  return recordOf(name).ended.promise;
}

function recordOf(name: string): CallRecord {
  const record = records.get(name) ?? { started: Promise.withResolvers(), ended: Promise.withResolvers() };
  records.set(name, record);
  return record;
}
