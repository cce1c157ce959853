import type { DescFile } from '@bufbuild/protobuf';
import type {
  DescriptorProto,
  EnumDescriptorProto,
  FieldDescriptorProto,
  FileDescriptorProto,
} from '@bufbuild/protobuf/wkt';

/** What `.proto` files declare, by the full names that the language gives it. */
export class DescriptorIndex {
  readonly #files = new Map<string, DescFile>();
  readonly #symbols = new Map<string, DescFile>();
  /** The extensions of each message by their numbers; messages without any too. */
  readonly #extensions = new Map<string, Map<number, DescFile>>();

  /** Indexes files and all that they import. */
  constructor(files: readonly DescFile[]) {
    const closure = withImports(...files);
    for (const file of closure) {
      this.#files.set(file.proto.name, file);
      for (const name of symbolsOf(file.proto)) this.#symbols.set(name, file);
      for (const [name] of messagesOf(file.proto)) this.#extensions.set(name, new Map());
    }
    // Once all messages are known: a file may extend those of any other.
    for (const file of closure) {
      for (const { extendee, number } of extensionsOf(file.proto)) {
        this.#extensions.get(extendee.slice(1))?.set(number, file);
      }
    }
  }

  /** The file of a name like `grpc/health/v1/health.proto`. */
  file(name: string): DescFile | undefined {
    return this.#files.get(name);
  }

  /** The file that declares a service, method, message, field, oneof, enum, enum value or extension. */
  fileOfSymbol(name: string): DescFile | undefined {
    return this.#symbols.get(name);
  }

  /** The file that extends a message by a field of a number. */
  fileOfExtension(message: string, number: number): DescFile | undefined {
    return this.#extensions.get(message)?.get(number);
  }

  /** The numbers of a message's extensions; nothing if there is no such message. */
  extensionNumbers(message: string): number[] | undefined {
    const extensions = this.#extensions.get(message);
    return extensions && [...extensions.keys()];
  }
}

/** Files followed by all that they import, each once. */
export function withImports(...files: DescFile[]): DescFile[] {
  const found = new Set(files);
  // A set that grows while it is walked is walked to its last member.
  for (const file of found) for (const imported of file.dependencies) found.add(imported);
  return [...found];
}

function* symbolsOf(file: FileDescriptorProto): Generator<string> {
  for (const service of file.service) {
    const name = join(file.package, service.name);
    yield name;
    for (const method of service.method) yield join(name, method.name);
  }
  for (const [name, message] of messagesOf(file)) {
    yield name;
    for (const field of [...message.field, ...message.oneofDecl]) yield join(name, field.name);
  }
  for (const [scope, { enumType, extension }] of scopesOf(file)) {
    yield* extension.map((field) => join(scope, field.name));
    yield* enumType.flatMap((type) => symbolsOfEnum(scope, type));
  }
}

/** The values of an enum stand beside it, not in it: the scoping rules of C++. */
function symbolsOfEnum(scope: string, { name, value }: EnumDescriptorProto): string[] {
  return [name, ...value.map((one) => one.name)].map((local) => join(scope, local));
}

function* extensionsOf(file: FileDescriptorProto): Generator<FieldDescriptorProto> {
  for (const [, { extension }] of scopesOf(file)) yield* extension;
}

/** What enums and extensions are declared in: the file itself, and each message. */
function* scopesOf(file: FileDescriptorProto): Generator<[string, FileDescriptorProto | DescriptorProto]> {
  yield [file.package, file];
  yield* messagesOf(file);
}

/** The messages of a file, nested ones too, with their full names. */
function* messagesOf(file: FileDescriptorProto): Generator<[string, DescriptorProto]> {
  for (const message of file.messageType) yield* withNested(file.package, message);
}

function* withNested(scope: string, message: DescriptorProto): Generator<[string, DescriptorProto]> {
  const name = join(scope, message.name);
  yield [name, message];
  for (const nested of message.nestedType) yield* withNested(name, nested);
}

function join(scope: string, name: string): string {
  return scope === '' ? name : `${scope}.${name}`;
}
