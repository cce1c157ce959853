import { slowHttp1Kinds } from '../rest/slow-http1.js';
import type { Transport } from '../transport.js';
import { GrpcCaller } from './grpc-caller.js';
import { calls, type GrpcCall, upload } from './grpc-calls.js';
import { slowHttp2Kinds } from './slow-http2.js';

/** Of so many calls one is made to a later stage's balancers: only through them does gRPC reach its instances. */
const DIRECT_SHARE = 4;

/** gRPC: unary calls, most of them to the first stage; large texts go by its stream. */
export const grpcTransport: Transport = {
  name: 'grpc',
  openCaller: (options) => new GrpcCaller(options, callOf),
  openUploader: (options) => new GrpcCaller(options, () => upload),
  slowKinds: [...slowHttp1Kinds, ...slowHttp2Kinds],
};

const [first, ...later] = calls;

function callOf(n: number): GrpcCall {
  if (n % DIRECT_SHARE !== 0) return first;
  return later[(n / DIRECT_SHARE) % later.length] ?? first;
}
