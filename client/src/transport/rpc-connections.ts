import http from 'node:http';
import https from 'node:https';
import type { MessageInitShape } from '@bufbuild/protobuf';
import { type CallOptions, type Client, createClient, type Transport as RpcTransport } from '@connectrpc/connect';
import { createConnectTransport, createGrpcTransport } from '@connectrpc/connect-node';
import { ReportService, TextChunkSchema, TextInputService, type TextResponse } from '@flotilla/contracts/rpc';
import { connectInTime } from './connect-in-time.js';
import { Http2Connection } from './http2-connection.js';
import { isAnswer } from './rpc-problems.js';

export type Protocol = 'grpc' | 'connect';

/** A connection, which has one call at a time. */
export interface Connection {
  readonly input: Client<typeof TextInputService>;
  readonly report: Client<typeof ReportService>;
  /** `ReceiveText` with the text's bytes. */
  readonly receiveBytes: ReceiveBytes;
  close(): void;
}

type ReceiveBytes = (message: MessageInitShape<typeof TextChunkSchema>, options: CallOptions) => Promise<TextResponse>;

/** The most that Connect's library lets a message have; how large answers get is the fleet's to say. */
const MAX_MESSAGE_BYTES = 2 ** 32 - 1;

/** Texts are small or near: to compress them would cost more than it gains, and REST does not. */
const MESSAGES = { readMaxBytes: MAX_MESSAGE_BYTES, writeMaxBytes: MAX_MESSAGE_BYTES, acceptCompression: [] };

/**
 * Connections to any number of addresses, kept open between calls. A call in flight has one to itself, as it has with
 * REST: streams that share an HTTP/2 connection also share how much may be on its way, so a slow one holds up others.
 */
export class Connections {
  readonly #open: (origin: string) => Connection;
  /** By origin; who came back last goes out first. */
  readonly #idle = new Map<string, Connection[]>();
  readonly #all = new Set<Connection>();

  constructor(protocol: Protocol) {
    this.#open = protocol === 'grpc' ? openGrpc : openConnect;
  }

  /** Makes one call. A connection on which it failed is closed, unless the failure is what the fleet answered. */
  async use<Result>(origin: string, work: (connection: Connection) => Promise<Result>): Promise<Result> {
    const connection = this.#take(origin);
    try {
      const result = await work(connection);
      this.#giveBack(origin, connection);
      return result;
    } catch (error) {
      if (isAnswer(error)) this.#giveBack(origin, connection);
      else this.#drop(connection);
      throw error;
    }
  }

  /** Closes all of them, whatever they do. */
  close(): void {
    for (const connection of this.#all) this.#drop(connection);
    this.#idle.clear();
  }

  #take(origin: string): Connection {
    const idle = this.#idle.get(origin)?.pop();
    if (idle) return idle;
    const connection = this.#open(origin);
    this.#all.add(connection);
    return connection;
  }

  #giveBack(origin: string, connection: Connection): void {
    const idle = this.#idle.get(origin);
    if (idle) idle.push(connection);
    else this.#idle.set(origin, [connection]);
  }

  #drop(connection: Connection): void {
    this.#all.delete(connection);
    connection.close();
  }
}

function openGrpc(origin: string): Connection {
  const sessionManager = new Http2Connection(origin);
  const transport = createGrpcTransport({ ...MESSAGES, baseUrl: origin, sessionManager });
  return connectionOver(transport, () => sessionManager.close());
}

function openConnect(origin: string): Connection {
  const { Agent } = origin.startsWith('https:') ? https : http;
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  const create = agent.createConnection.bind(agent);
  agent.createConnection = (options, callback) => {
    const socket = create(options, callback);
    return socket && connectInTime(socket);
  };
  const nodeOptions = { agent };
  const transport = createConnectTransport({ ...MESSAGES, baseUrl: origin, httpVersion: '1.1', nodeOptions });
  return connectionOver(transport, () => agent.destroy());
}

function connectionOver(transport: RpcTransport, close: () => void): Connection {
  return {
    input: createClient(TextInputService, transport),
    report: createClient(ReportService, transport),
    receiveBytes: receiveBytesOver(transport),
    close,
  };
}

/**
 * A chunk has the fields of a request, and a string is its bytes on the wire: so a large text is no string here, which
 * would be made of its bytes and at once made bytes again.
 */
const receiveBytesMethod = { ...TextInputService.method.receiveText, input: TextChunkSchema };

function receiveBytesOver(transport: RpcTransport): ReceiveBytes {
  return async (message, { signal, headers, onHeader }) => {
    const { header, message: response } = await transport.unary(
      receiveBytesMethod,
      signal,
      undefined,
      headers,
      message,
    );
    onHeader?.(header);
    return response;
  };
}
