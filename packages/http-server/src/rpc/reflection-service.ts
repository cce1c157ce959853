import { type DescFile, toBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import { Code, type ConnectRouter } from '@connectrpc/connect';
import { reflectionV1Alpha, ServerReflection, type ServerReflectionRequest } from '@flotilla/contracts/rpc';
import { DescriptorIndex, withImports } from './descriptor-index.js';

/** A request of either version: they differ in the names of their packages only. */
type Request = ServerReflectionRequest | reflectionV1Alpha.ServerReflectionRequest;

/** What both versions can take as `message_response`. */
type Answer =
  | { readonly case: 'fileDescriptorResponse'; readonly value: { readonly fileDescriptorProto: Uint8Array[] } }
  | {
      readonly case: 'allExtensionNumbersResponse';
      readonly value: { readonly baseTypeName: string; readonly extensionNumber: number[] };
    }
  | { readonly case: 'listServicesResponse'; readonly value: { readonly service: { readonly name: string }[] } }
  | { readonly case: 'errorResponse'; readonly value: { readonly errorCode: Code; readonly errorMessage: string } };

/**
 * Offers `grpc.reflection.v1.ServerReflection`, and the same as `v1alpha` for older clients: what the files and their
 * imports declare, and a list of the named services.
 */
export function reflectionService(router: ConnectRouter, files: readonly DescFile[], names: readonly string[]): void {
  const index = new DescriptorIndex(files);
  async function* serverReflectionInfo<Version extends Request>(requests: AsyncIterable<Version>) {
    for await (const request of requests) {
      const messageResponse = answerTo(request.messageRequest, index, names);
      yield { validHost: request.host, originalRequest: request, messageResponse };
    }
  }
  router.service(ServerReflection, { serverReflectionInfo });
  router.service(reflectionV1Alpha.ServerReflection, { serverReflectionInfo });
}

function answerTo(request: Request['messageRequest'], index: DescriptorIndex, names: readonly string[]): Answer {
  switch (request.case) {
    case 'fileByFilename':
      return fileAnswer(index.file(request.value), `file ${request.value}`);
    case 'fileContainingSymbol':
      return fileAnswer(index.fileOfSymbol(request.value), `symbol ${request.value}`);
    case 'fileContainingExtension': {
      const { containingType, extensionNumber } = request.value;
      const file = index.fileOfExtension(containingType, extensionNumber);
      return fileAnswer(file, `extension ${extensionNumber} of ${containingType}`);
    }
    case 'allExtensionNumbersOfType':
      return numbersAnswer(index.extensionNumbers(request.value), request.value);
    case 'listServices':
      return { case: 'listServicesResponse', value: { service: names.map((name) => ({ name })) } };
    case undefined:
      // Nothing, or a question that a later version of the protocol asks.
      return errorAnswer(Code.Unimplemented, 'no question that is known');
  }
}

function fileAnswer(file: DescFile | undefined, what: string): Answer {
  if (!file) return errorAnswer(Code.NotFound, `${what} not found`);
  const fileDescriptorProto = withImports(file).map(({ proto }) => toBinary(FileDescriptorProtoSchema, proto));
  return { case: 'fileDescriptorResponse', value: { fileDescriptorProto } };
}

function numbersAnswer(extensionNumber: number[] | undefined, baseTypeName: string): Answer {
  if (!extensionNumber) return errorAnswer(Code.NotFound, `message ${baseTypeName} not found`);
  return { case: 'allExtensionNumbersResponse', value: { baseTypeName, extensionNumber } };
}

function errorAnswer(errorCode: Code, errorMessage: string): Answer {
  return { case: 'errorResponse', value: { errorCode, errorMessage } };
}
