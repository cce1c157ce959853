import { Code, ConnectError } from '@connectrpc/connect';
import { FlotillaError, header, type ProblemCode, problemBody, rpcStatusOf } from '@flotilla/contracts';
import type { HttpExchange } from '../answer/routes.js';

/**
 * What an implementation throws, as connect tells it: an error of the catalogue with its code and headers.
 *
 * @param exchange - Told of unexpected errors.
 */
export function asConnectError(error: unknown, exchange?: Pick<HttpExchange, 'note'>): ConnectError {
  if (!(error instanceof FlotillaError)) {
    const own = ConnectError.from(error, Code.Internal);
    // Without the code it would be taken for a fault of the caller's.
    if (!(error instanceof ConnectError) && own.code === Code.Internal) {
      own.metadata.set(header.code, 'FLT_INTERNAL' satisfies ProblemCode);
      exchange?.note?.(error);
    }
    return own;
  }
  const metadata = new Headers(error.headers as Record<string, string>);
  metadata.set(header.code, error.code);
  return new ConnectError(problemBody(error).detail, rpcStatusOf(error).code as Code, metadata);
}
