/** What is needed to answer calls. An entry of its own: a process loads it with its first call. */

export { asConnectError } from './connect-error.js';
export { callerOf, connectHandler } from './connect-handler.js';
export type { RpcCaller } from './rpc-caller.js';
export { standardServices } from './standard-services.js';
export { malformed } from './unary/faults.js';
export { type UnaryMethod, type UnaryWork, unaryHandler } from './unary/unary-handler.js';
export { type FieldSink, WireReader } from './unary/wire-reader.js';
