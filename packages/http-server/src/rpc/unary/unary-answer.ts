import type { ConnectError } from '@connectrpc/connect';
import { codeToHttpStatus, errorToJsonBytes } from '@connectrpc/connect/protocol-connect';
import { header, isHeaderSafeId, MAX_MESSAGE_BYTES } from '@flotilla/contracts';
import type { HttpExchange } from '../../answer/routes.js';
import { writeAll } from '../write-all.js';
import type { UnaryProtocol } from './direct-call.js';
import { messageTooLarge } from './faults.js';

const TYPES: Readonly<Record<UnaryProtocol, string>> = {
  grpc: 'application/grpc+proto',
  'grpc-web': 'application/grpc-web+proto',
  connect: 'application/proto',
};
const ERROR_TYPE = 'application/json';

const ENVELOPE_BYTES = 5;
const TRAILERS_FLAG = 0x80;
/** Up to this size an envelope and its message go out in one piece; to copy a larger one costs more than to write twice. */
const MAX_JOINED_BYTES = 64 * 1024;
/** Fields of an answer's head. */
type AnswerHeaders = ReadonlyMap<string, string>;

const OK = ['grpc-status', '0'] as const;

/**
 * Answers a call with its message.
 *
 * @param headers - Those of the method.
 * @throws ConnectError if the message is beyond the limit. No answer has started then.
 */
export async function sendMessage(
  { response, context }: HttpExchange,
  protocol: UnaryProtocol,
  headers: AnswerHeaders,
  message: Uint8Array,
): Promise<void> {
  if (message.length > MAX_MESSAGE_BYTES) throw messageTooLarge(message.length, 'writeMaxBytes');
  const head = headOf(protocol, headers, context.requestId);
  context.rpcCode = 0;
  if (protocol === 'grpc') {
    response.begin(200, head);
    const chunks = envelope(0, message);
    if (chunks.length === 1) response.write(chunks[0] as Buffer);
    else await writeAll(response, chunks);
    response.end(OK);
  } else if (protocol === 'grpc-web') {
    response.send(200, head, latin1(...envelope(0, message), ...trailerPart(OK)));
  } else {
    response.send(200, head, latin1(message));
  }
}

/** Answers a call with an error, as connect-es tells it. No answer may have started. */
export function sendError(
  { response, context }: HttpExchange,
  protocol: UnaryProtocol,
  headers: AnswerHeaders,
  error: ConnectError,
): void {
  const { code, rawMessage, metadata } = error;
  const head = headOf(protocol, headers, context.requestId);
  context.rpcCode = code;
  if (protocol === 'connect') {
    head[1] = ERROR_TYPE;
    head.push(...[...metadata].flat());
    response.send(codeToHttpStatus(code), head, latin1(errorToJsonBytes(error, undefined)));
    return;
  }
  const trailers = [
    'grpc-status',
    String(code),
    'grpc-message',
    encodeURIComponent(rawMessage),
    ...[...metadata].flat(),
  ];
  if (protocol === 'grpc') {
    response.begin(200, head);
    response.end(trailers);
  } else {
    response.send(200, head, latin1(...trailerPart(trailers)));
  }
}

/** The type comes first. */
function headOf(protocol: UnaryProtocol, headers: AnswerHeaders, requestId: string): string[] {
  const head = ['content-type', TYPES[protocol], ...[...headers].flat()];
  if (isHeaderSafeId(requestId)) head.push(header.requestId, requestId);
  return head;
}

function envelope(flags: number, message: Uint8Array): Uint8Array[] {
  const isJoined = message.length <= MAX_JOINED_BYTES;
  const bytes = Buffer.allocUnsafe(ENVELOPE_BYTES + (isJoined ? message.length : 0));
  bytes.writeUInt8(flags, 0);
  bytes.writeUInt32BE(message.length, 1);
  if (!isJoined) return [bytes, message];
  bytes.set(message, ENVELOPE_BYTES);
  return [bytes];
}

/** What a body of gRPC-Web ends with. */
function trailerPart(fields: readonly string[]): Uint8Array[] {
  let lines = '';
  for (let i = 0; i < fields.length; i += 2) lines += `${fields[i]}: ${fields[i + 1]}\r\n`;
  return envelope(TRAILERS_FLAG, Buffer.from(lines, 'latin1'));
}

function latin1(...chunks: Uint8Array[]): string {
  return chunks
    .map(({ buffer, byteOffset, byteLength }) => Buffer.from(buffer, byteOffset, byteLength).toString('latin1'))
    .join('');
}
