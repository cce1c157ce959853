import { type Client, createClient } from '@connectrpc/connect';
import { createGrpcTransport } from '@connectrpc/connect-node';
import { Http2Connection } from '@flotilla/client/http2-connection';
import { AnalysisService, PreprocessService, ReportService, TextInputService } from '@flotilla/contracts/rpc';

/** Calls at once on one connection: as clients of gRPC do, who have one for many. */
const CALLS_PER_CONNECTION = 4;

/** The services of all stages over one connection; a balancer has that of its own. */
export interface Clients {
  readonly input: Client<typeof TextInputService>;
  readonly preprocess: Client<typeof PreprocessService>;
  readonly analysis: Client<typeof AnalysisService>;
  readonly report: Client<typeof ReportService>;
}

/** Connections of HTTP/2 to one balancer, which take calls in turn, and are opened again when they are gone. */
export class Channel {
  readonly #connections: readonly Http2Connection[];
  readonly #clients: readonly Clients[];
  #turn = 0;

  constructor(url: string, parallel: number) {
    const count = Math.ceil(parallel / CALLS_PER_CONNECTION);
    this.#connections = Array.from({ length: count }, () => new Http2Connection(url));
    this.#clients = this.#connections.map((connection) => clientsOver(url, connection));
  }

  /** Those of the connection whose turn it is. */
  clients(): Clients {
    return this.#clients[this.#turn++ % this.#clients.length] as Clients;
  }

  /** Ends all connections, and the calls on them. */
  close(): void {
    for (const connection of this.#connections) connection.close();
  }
}

function clientsOver(baseUrl: string, sessionManager: Http2Connection): Clients {
  const transport = createGrpcTransport({ baseUrl, sessionManager, acceptCompression: [] });
  return {
    input: createClient(TextInputService, transport),
    preprocess: createClient(PreprocessService, transport),
    analysis: createClient(AnalysisService, transport),
    report: createClient(ReportService, transport),
  };
}
