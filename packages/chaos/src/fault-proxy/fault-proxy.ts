import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import type { Fault } from './fault.js';
import { ProxiedConnection } from './proxied-connection.js';

const LOOPBACK = '127.0.0.1';

/** Where a proxy stands. */
export interface FaultProxyOptions {
  /** 0: any that is free. */
  readonly port?: number;
  /** The instance that it stands before. */
  readonly targetPort: number;
}

/** A TCP proxy before an instance, whose behaviour can be changed at any time; connections that are open take part. */
export class FaultProxy {
  readonly targetPort: number;
  readonly #connections = new Set<ProxiedConnection>();
  readonly #server: Server;
  #port: number;
  #fault: Fault = { kind: 'none' };
  #bites = 0;

  private constructor({ port = 0, targetPort }: FaultProxyOptions) {
    this.targetPort = targetPort;
    this.#port = port;
    this.#server = createServer({ allowHalfOpen: true }, (near) => this.#accept(near));
  }

  /** Starts one that lets everything pass. @throws Error with the code EADDRINUSE, and the like. */
  static async listen(options: FaultProxyOptions): Promise<FaultProxy> {
    const proxy = new FaultProxy(options);
    await proxy.#listen();
    return proxy;
  }

  get port(): number {
    return this.#port;
  }

  /** How often a fault changed what happened; what was never met was no test. */
  get bites(): number {
    return this.#bites;
  }

  /** Changes what goes wrong. Settles when it does. */
  async set(fault: Fault): Promise<void> {
    const isOtherServer = fault.kind === 'refuse' || [fault.kind, this.#fault.kind].includes('redirect');
    this.#fault = fault;
    if (fault.kind === 'refuse') await this.#refuse();
    else if (!this.#server.listening) await this.#listen();
    if (isOtherServer) this.#resetAll();
    if (fault.kind === 'black-hole') this.#bites += this.#connections.size;
    for (const connection of this.#connections) connection.setFault(fault);
  }

  /** Resets all connections, and listens no more. */
  async close(): Promise<void> {
    this.#fault = { kind: 'refuse' };
    this.#resetAll();
    await this.#refuse();
  }

  async #listen(): Promise<void> {
    this.#server.listen(this.#port, LOOPBACK);
    await once(this.#server, 'listening');
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** The port is closed at once; the server's own word for it would wait for the connections as well. */
  async #refuse(): Promise<void> {
    this.#resetAll();
    if (!this.#server.listening) return;
    this.#bites++;
    await new Promise<void>((resolve) => this.#server.close(() => resolve()));
  }

  #resetAll(): void {
    for (const connection of this.#connections) connection.reset();
    this.#connections.clear();
  }

  #accept(near: Socket): void {
    const { kind } = this.#fault;
    if (kind === 'refuse') {
      near.resetAndDestroy();
      return;
    }
    if (kind === 'black-hole' || kind === 'redirect') this.#bites++;
    const port = this.#fault.kind === 'redirect' ? this.#fault.port : this.targetPort;
    const far = connect({ host: LOOPBACK, port, allowHalfOpen: true });
    const connection = new ProxiedConnection(near, far, () => this.#bites++);
    connection.setFault(this.#fault);
    this.#connections.add(connection);
    near.on('close', () => this.#connections.delete(connection));
  }
}
