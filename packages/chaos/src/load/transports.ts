import { grpcTransport } from './grpc/grpc-transport.js';
import { restTransport } from './rest/rest-transport.js';
import type { Transport, TransportName } from './transport.js';

/** All of them, by name. */
export const transports: Readonly<Record<TransportName, Transport>> = { rest: restTransport, grpc: grpcTransport };
