export * from '../gen/grpc/health/v1/health_pb.js';
export * from '../gen/grpc/reflection/v1/reflection_pb.js';
// Under a name of its own: its messages are called as those of v1 are.
export * as reflectionV1Alpha from '../gen/grpc/reflection/v1alpha/reflection_pb.js';
export * from '../gen/pipeline/pipeline_pb.js';
export { serviceNamed } from './service-named.js';
