import { describe, expect, test } from 'vitest';
import { rpcCodeOf, rpcCodes } from '../src/index.js';
import {
  AnalysisService,
  Health,
  PreprocessService,
  ReportService,
  reflectionV1Alpha,
  ServerReflection,
  TextInputService,
} from '../src/rpc/index.js';
import { rpcMethods, standardMethods } from '../src/rpc-methods.js';

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
  test.each([
    [1, TextInputService],
    [2, PreprocessService],
    [3, AnalysisService],
    [4, ReportService],
  ] as const)('of stage %i is what the .proto says', (stage, service) => {
    expect(rpcMethods[stage]).toEqual(methodsOf(service));
  });

  test('of every process is what the .proto files say', () => {
    const services = [Health, ServerReflection, reflectionV1Alpha.ServerReflection];
    expect(standardMethods).toEqual(services.flatMap(methodsOf).map(({ path }) => path));
  });

  test('no error is told as a success', () => {
    for (const name of Object.values(rpcCodeOf)) expect(rpcCodes[name]).toBeGreaterThan(0);
  });
});
