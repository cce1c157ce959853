/** The methods that every process has, balancers too: how it is, and what it offers. */
export const standardMethods: readonly string[] = [
  '/grpc.health.v1.Health/Check',
  '/grpc.health.v1.Health/Watch',
  '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo',
  '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo',
];

/** Largest message, each way: what the contract promises. A text beyond it goes by the streaming method. */
export const MAX_MESSAGE_BYTES = 100 * 1024 * 1024;
