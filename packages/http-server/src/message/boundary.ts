import type { BodySink, FaultTaker, RawFields } from './exchange.js';

/** Calls a method of what belongs to a request. @returns Undefined if it throws. */
export function callBack<Self extends FaultTaker, Argument, Result>(
  self: Self,
  method: (this: Self, argument: Argument) => Result,
  argument: Argument,
): Result | undefined {
  try {
    return method.call(self, argument);
  } catch (error) {
    self.fault(error);
    return undefined;
  }
}

/** Tells who takes a body that it is whole. What that throws, at once or later, is a failure of the body's. */
export function endInto(sink: BodySink, rawTrailers: RawFields, taker: FaultTaker): void {
  try {
    const ending = sink.end(rawTrailers);
    if (ending) ending.catch((error: unknown) => failInto(sink, error, taker));
  } catch (error) {
    failInto(sink, error, taker);
  }
}

/** Tells who takes a body that no more of it comes. */
export function failInto(sink: BodySink, error: unknown, taker: FaultTaker): void {
  try {
    sink.fail(error as Error);
  } catch (thrown) {
    taker.fault(thrown);
  }
}
