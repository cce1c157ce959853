import { stages } from '@flotilla/topology';
import { describe, expect, test } from 'vitest';
import { rpcCodeOf, rpcCodes } from '../src/index.js';
import {
  AnalysisService,
  Health,
  PreprocessService,
  ReportService,
  reflectionV1Alpha,
  ServerReflection,
  serviceNamed,
  TextInputService,
} from '../src/rpc/index.js';
import { standardMethods } from '../src/rpc-methods.js';

type Service = typeof TextInputService | typeof Health | typeof ServerReflection;

function methodsOf(
  service: Pick<Service, 'typeName'> & { readonly methods: readonly { name: string; methodKind: string }[] },
) {
  return service.methods.map(({ name, methodKind }) => ({
    path: `/${service.typeName}/${name}`,
    isClientStreaming: methodKind === 'client_streaming' || methodKind === 'bidi_streaming',
  }));
}

describe('what those know of the methods that read no .proto', () => {
  test.each(stages)('of stage $number is what the .proto says', ({ rpc }) => {
    expect(rpc.methods).toEqual(methodsOf(serviceNamed(rpc.service)));
  });

  test('all services of the .proto are those of stages', () => {
    const services = [TextInputService, PreprocessService, AnalysisService, ReportService];
    expect(stages.map(({ rpc }) => rpc.service)).toEqual(services.map(({ typeName }) => typeName));
  });

  test('of every process is what the .proto files say', () => {
    const services = [Health, ServerReflection, reflectionV1Alpha.ServerReflection];
    expect(standardMethods).toEqual(services.flatMap(methodsOf).map(({ path }) => path));
  });

  test('no error is told as a success', () => {
    for (const name of Object.values(rpcCodeOf)) expect(rpcCodes[name]).toBeGreaterThan(0);
  });
});
