import { create, createFileRegistry, type DescFile } from '@bufbuild/protobuf';
import {
  FileDescriptorSetSchema,
  file_google_protobuf_api,
  file_google_protobuf_go_features,
  file_google_protobuf_java_features,
} from '@bufbuild/protobuf/wkt';
import { Code, createClient, createRouterTransport } from '@connectrpc/connect';
import {
  file_grpc_health_v1_health,
  file_pipeline_pipeline,
  reflectionV1Alpha,
  ServerReflection,
} from '@flotilla/contracts/rpc';
import { describe, expect, test } from 'vitest';
import { reflectionService } from '../../src/rpc/reflection-service.js';
import { asking, type Question } from './reflection-questions.js';

const PIPELINE = 'pipeline/pipeline.proto';
const HEALTH = 'grpc/health/v1/health.proto';
const DESCRIPTOR = 'google/protobuf/descriptor.proto';
const FILES = [
  file_pipeline_pipeline,
  file_grpc_health_v1_health,
  // Extensions, in and beside a message; and imports that meet again.
  file_google_protobuf_go_features,
  file_google_protobuf_java_features,
  file_google_protobuf_api,
];
const SERVICES = ['pipeline.TextInputService', 'grpc.health.v1.Health'];

const transport = createRouterTransport((router) => reflectionService(router, FILES, SERVICES));
const v1 = createClient(ServerReflection, transport);
const v1alpha = createClient(reflectionV1Alpha.ServerReflection, transport);

describe.each([
  ['v1', v1],
  ['v1alpha', v1alpha],
])('reflection %s', (version, client) => {
  const { ask, answerTo, errorOf, filesOf, fileNamesOf } = asking(client);

  test('answers each question of a stream in turn, with the question and its host', async () => {
    const questions: Question[] = [
      { case: 'listServices', value: '*' },
      { case: 'fileByFilename', value: 'nothing.proto' },
      { case: 'fileByFilename', value: PIPELINE },
    ];
    const responses = await ask('a.host:8061', ...questions);
    expect(responses.map(({ validHost }) => validHost)).toEqual(Array(3).fill('a.host:8061'));
    expect(responses.map(({ originalRequest }) => originalRequest)).toEqual(
      questions.map((messageRequest) => ({
        $typeName: `grpc.reflection.${version}.ServerReflectionRequest`,
        host: 'a.host:8061',
        messageRequest,
      })),
    );
    const cases = responses.map(({ messageResponse }) => messageResponse.case);
    expect(cases).toEqual(['listServicesResponse', 'errorResponse', 'fileDescriptorResponse']);
  });

  test('answers a question before the next one is asked', async () => {
    const { promise: isAnswered, resolve } = Promise.withResolvers<void>();
    async function* questions() {
      yield { messageRequest: { case: 'listServices', value: '' } as const };
      await isAnswered;
    }
    const responses = client.serverReflectionInfo(questions())[Symbol.asyncIterator]();
    expect((await responses.next()).value?.messageResponse.case).toBe('listServicesResponse');
    resolve();
    expect((await responses.next()).done).toBe(true);
  });

  test('lists the services that are offered', async () => {
    const answer = await answerTo({ case: 'listServices', value: '' });
    if (answer?.case !== 'listServicesResponse') return expect.fail(`answered with ${answer?.case}`);
    expect(answer.value.service.map(({ name }) => name)).toEqual(SERVICES);
  });

  test('a file as it was compiled', async () => {
    const [file, ...imports] = await filesOf({ case: 'fileByFilename', value: HEALTH });
    expect(file).toEqual(file_grpc_health_v1_health.proto);
    expect(imports).toEqual([]);
  });

  test('a file with all that it imports, each once, itself first', async () => {
    const [first, ...imports] = await fileNamesOf({ case: 'fileByFilename', value: 'google/protobuf/api.proto' });
    expect(first).toBe('google/protobuf/api.proto');
    expect(imports.sort()).toEqual([
      'google/protobuf/any.proto',
      'google/protobuf/source_context.proto',
      'google/protobuf/type.proto',
    ]);
  });

  test('what comes is enough to call a service with', async () => {
    const file = await filesOf({ case: 'fileContainingSymbol', value: 'pipeline.TextInputService' });
    const registry = createFileRegistry(create(FileDescriptorSetSchema, { file: file.reverse() }));
    const method = registry.getService('pipeline.TextInputService')?.methods[0];
    expect(method?.name).toBe('ReceiveText');
    expect(method?.input.fields.map(({ name, number }) => [name, number]).slice(0, 2)).toEqual([
      ['text', 1],
      ['request_id', 2],
    ]);
  });

  test('a file that is only imported is found by its own name', async () => {
    expect(await fileNamesOf({ case: 'fileByFilename', value: DESCRIPTOR })).toEqual([DESCRIPTOR]);
  });

  test.each([
    ['a service', 'pipeline.ReportService', PIPELINE],
    ['a method', 'pipeline.ReportService.GenerateReport', PIPELINE],
    ['a message', 'pipeline.WordFrequency', PIPELINE],
    ['a field', 'pipeline.WordFrequency.count', PIPELINE],
    ['a nested enum', 'grpc.health.v1.HealthCheckResponse.ServingStatus', HEALTH],
    ['a nested enum’s value', 'grpc.health.v1.HealthCheckResponse.NOT_SERVING', HEALTH],
    ['a nested message', 'google.protobuf.DescriptorProto.ExtensionRange', DESCRIPTOR],
    ['a nested message’s field', 'google.protobuf.DescriptorProto.ExtensionRange.start', DESCRIPTOR],
    ['an enum', 'google.protobuf.Syntax', 'google/protobuf/type.proto'],
    ['an enum’s value', 'google.protobuf.SYNTAX_PROTO3', 'google/protobuf/type.proto'],
    ['an extension', 'pb.go', 'google/protobuf/go_features.proto'],
  ])('the file of %s', async (_what, value, file) => {
    const [first] = await fileNamesOf({ case: 'fileContainingSymbol', value });
    expect(first).toBe(file);
  });

  test.each([
    'pipeline',
    'pipeline.ReportService.Nothing',
    'WordFrequency',
    'grpc.health.v1.HealthCheckResponse.ServingStatus.NOT_SERVING',
    '',
  ])('no file of the symbol %j', async (value) => {
    const { errorCode, errorMessage } = await errorOf({ case: 'fileContainingSymbol', value });
    expect(errorCode).toBe(Code.NotFound);
    expect(errorMessage).toBe(`symbol ${value} not found`);
  });

  test('no file of another name', async () => {
    const { errorCode, errorMessage } = await errorOf({ case: 'fileByFilename', value: 'pipeline/pipeline' });
    expect(errorCode).toBe(Code.NotFound);
    expect(errorMessage).toBe('file pipeline/pipeline not found');
  });

  test.each([
    [1001, 'google/protobuf/java_features.proto'],
    [1002, 'google/protobuf/go_features.proto'],
  ])('the file of extension %i, with what it extends', async (extensionNumber, file) => {
    const value = { containingType: 'google.protobuf.FeatureSet', extensionNumber };
    expect(await fileNamesOf({ case: 'fileContainingExtension', value })).toEqual([file, DESCRIPTOR]);
  });

  test.each([
    ['of a number that is not taken', 'google.protobuf.FeatureSet', 1],
    ['of a message that has none', 'pipeline.WordFrequency', 1001],
    ['of an unknown message', 'pipeline.Nothing', 1001],
  ])('no extension %s', async (_what, containingType, extensionNumber) => {
    const value = { containingType, extensionNumber };
    const { errorCode, errorMessage } = await errorOf({ case: 'fileContainingExtension', value });
    expect(errorCode).toBe(Code.NotFound);
    expect(errorMessage).toBe(`extension ${extensionNumber} of ${containingType} not found`);
  });

  test.each([
    ['google.protobuf.FeatureSet', [1001, 1002]],
    ['pipeline.WordFrequency', []],
    ['google.protobuf.DescriptorProto.ExtensionRange', []],
  ])('the numbers of all extensions of %s', async (baseTypeName, numbers) => {
    const answer = await answerTo({ case: 'allExtensionNumbersOfType', value: baseTypeName });
    if (answer?.case !== 'allExtensionNumbersResponse') return expect.fail(`answered with ${answer?.case}`);
    expect(answer.value.baseTypeName).toBe(baseTypeName);
    expect(answer.value.extensionNumber.toSorted()).toEqual(numbers);
  });

  test.each(['pipeline.Nothing', 'pipeline.ReportService'])('no extensions of %s: no message', async (value) => {
    const { errorCode, errorMessage } = await errorOf({ case: 'allExtensionNumbersOfType', value });
    expect(errorCode).toBe(Code.NotFound);
    expect(errorMessage).toBe(`message ${value} not found`);
  });

  test('no answer to no question; the stream goes on', async () => {
    const [none, some] = await ask('', { case: undefined }, { case: 'listServices', value: '' });
    const answer = none?.messageResponse;
    expect(answer?.case === 'errorResponse' && answer.value.errorCode).toBe(Code.Unimplemented);
    expect(some?.messageResponse.case).toBe('listServicesResponse');
  });
});

test('the files of both versions differ in the names of their packages only', () => {
  const [named, older] = [ServerReflection, reflectionV1Alpha.ServerReflection].map(({ file }) => shapeOf(file));
  expect(older).toEqual(named);
});

/** What a file declares, without its package and its own name. */
function shapeOf({ proto }: DescFile): string {
  return JSON.stringify({ ...proto, name: '' }).replaceAll(`${proto.package}`, '');
}
