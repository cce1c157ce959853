/** The services that every process offers over gRPC. An entry of its own: a process loads it with its first call. */
export { healthService } from './health-service.js';
export { reflectionService } from './reflection-service.js';
