import { type HttpOptions, openDispatcher } from './http.js';
import { Output, type Sink } from './output.js';
import { ClientError, type ConnectionError } from './problems.js';
import { openTransport } from './transport/open.js';
import type { Transport, TransportName } from './transport/transport.js';

/** What a command has at hand. */
export interface Context {
  readonly output: Output;
  /**
   * How requests are made; with connections for what is always asked over REST.
   *
   * @param timeoutMs - Time for one try of a request.
   */
  call(timeoutMs: number): HttpOptions;
  /** How texts travel. It is closed when the command ends. */
  transport(name: TransportName): Promise<Transport>;
  /** Aborted by the user. */
  readonly signal: AbortSignal;
}

/** Where the program writes, and how it is interrupted. */
export interface Environment {
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly signal: AbortSignal;
}

/**
 * Runs a command's work, tells its errors, and closes its connections.
 *
 * @returns The exit code: 1 when anything failed.
 */
export async function runCommand(
  surroundings: Environment,
  isJson: boolean,
  work: (context: Context) => Promise<void>,
): Promise<0 | 1> {
  const { stdout, stderr, signal } = surroundings;
  const output = new Output(stdout, stderr, isJson);
  const dispatcher = openDispatcher();
  const movedOn = tellOnce(output);
  await using transports = new AsyncDisposableStack();
  const call = (timeoutMs: number) => ({ dispatcher, timeoutMs, signal, movedOn });
  const transport = async (name: TransportName) => {
    const opened = await openTransport(name, dispatcher);
    transports.defer(() => opened.close());
    return opened;
  };
  try {
    await work({ output, signal, call, transport });
  } catch (error) {
    output.result({ error: output.problem(signal.aborted ? new ClientError('interrupted') : error) });
  } finally {
    await dispatcher.destroy();
  }
  return output.failed ? 1 : 0;
}

/** Says that an address gives no answer: the work goes on at another, but its owner may not know. */
function tellOnce(output: Output): (error: ConnectionError) => void {
  const told = new Set<string>();
  return ({ message }) => {
    if (told.has(message)) return;
    told.add(message);
    output.note(`note: ${message}; going on with another address`);
  };
}
