import type { DescService } from '@bufbuild/protobuf';
import type { ConnectRouter } from '@connectrpc/connect';
import { Health, reflectionV1Alpha, ServerReflection } from '@flotilla/contracts/rpc';
import type { Lifecycle } from '@flotilla/process';
import { healthService } from './health-service.js';
import { reflectionService } from './reflection-service.js';

/** Adds the services that every process has: how it is, and what it offers. @param own - The process's own service. */
export function standardServices(router: ConnectRouter, own: DescService, lifecycle: Lifecycle): void {
  healthService(router, lifecycle, [own.typeName]);
  const offered = [own, Health, ServerReflection, reflectionV1Alpha.ServerReflection];
  const files = offered.map(({ file }) => file);
  reflectionService(
    router,
    files,
    offered.map(({ typeName }) => typeName),
  );
}
