import { fromBinary } from '@bufbuild/protobuf';
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt';
import type { Client } from '@connectrpc/connect';
import type { reflectionV1Alpha, ServerReflection, ServerReflectionResponse } from '@flotilla/contracts/rpc';
import { expect } from 'vitest';

/** What a request of either version asks. */
export type Question =
  | {
      readonly case: 'fileByFilename' | 'fileContainingSymbol' | 'allExtensionNumbersOfType' | 'listServices';
      readonly value: string;
    }
  | {
      readonly case: 'fileContainingExtension';
      readonly value: { readonly containingType: string; readonly extensionNumber: number };
    }
  | { readonly case: undefined };

/** A client of either version. */
type ReflectionClient = Client<typeof ServerReflection> | Client<typeof reflectionV1Alpha.ServerReflection>;

/** Asks a server questions. */
export function asking(client: ReflectionClient) {
  /** The responses to questions that one stream asks. */
  async function ask(host: string, ...questions: Question[]) {
    const requests = stream(questions.map((messageRequest) => ({ host, messageRequest })));
    const responses: (ServerReflectionResponse | reflectionV1Alpha.ServerReflectionResponse)[] = [];
    for await (const response of client.serverReflectionInfo(requests)) responses.push(response);
    return responses;
  }

  async function answerTo(question: Question) {
    const [response] = await ask('', question);
    return response?.messageResponse;
  }

  async function errorOf(question: Question) {
    const answer = await answerTo(question);
    return answer?.case === 'errorResponse' ? answer.value : expect.fail(`answered with ${answer?.case}`);
  }

  async function filesOf(question: Question) {
    const answer = await answerTo(question);
    if (answer?.case !== 'fileDescriptorResponse') return expect.fail(`answered with ${answer?.case}`);
    return answer.value.fileDescriptorProto.map((bytes) => fromBinary(FileDescriptorProtoSchema, bytes));
  }

  async function fileNamesOf(question: Question) {
    return (await filesOf(question)).map(({ name }) => name);
  }

  return { ask, answerTo, errorOf, filesOf, fileNamesOf };
}

async function* stream<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  yield* items;
}
