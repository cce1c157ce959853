import { isHeaderSafeId } from '@flotilla/contracts';
import { type Logger, symbols } from 'pino';

/** What a request's log line says. Never anything of its text. */
export interface RequestLine {
  readonly requestId: string;
  readonly method: string;
  readonly route: string;
  readonly status: number;
  /** Of a remote procedure call: its status, of which the other is the translation. */
  readonly rpcCode: number | undefined;
  readonly tookMs: number;
  /** The instance whose answer it was, or that was tried last. */
  readonly upstream: string | undefined;
  /** How many were tried; undefined for a request that is not passed on. */
  readonly tries: number | undefined;
}

const ERROR = 50;
const INFO = 30;

/** What of pino a line is made with. They are what its own lines are made with. */
interface PinoParts {
  readonly [symbols.lsCacheSym]: Readonly<Record<number, string>>;
  readonly [symbols.chindingsSym]: string;
  readonly [symbols.timeSym]: () => string;
  readonly [symbols.streamSym]: { write(line: string): void };
}

/**
 * Writes the line that each request leaves. It is the one that `logger.info(line, 'request')` would write, at a fraction
 * of the cost: pino looks at every value, and a fifth of what a balancer allocated was for that.
 */
export function logRequest(logger: Logger, line: RequestLine): void {
  const level = levelOf(line.status);
  if (level < logger.levelVal) return;
  const parts = logger as unknown as PinoParts;
  const { requestId, method, route, status, rpcCode, tookMs, upstream, tries } = line;
  let text = parts[symbols.lsCacheSym][level] + parts[symbols.timeSym]() + parts[symbols.chindingsSym];
  text += `,"request_id":${quoted(requestId)},"method":"${method}","route":"${route}"`;
  text += `,"status":${status},"duration_ms":${rounded(tookMs)}`;
  if (rpcCode !== undefined) text += `,"rpc_code":${rpcCode}`;
  if (upstream !== undefined) text += `,"upstream":${JSON.stringify(upstream)}`;
  if (tries !== undefined) text += `,"tries":${tries}`;
  parts[symbols.streamSym].write(`${text},"msg":"request"}\n`);
}

function levelOf(status: number): number {
  return status >= 500 ? ERROR : INFO;
}

function rounded(ms: number): number {
  return Math.round(ms * 1e3) / 1e3;
}

/** Ids that may stand in a header need no escapes. */
function quoted(id: string): string {
  return isHeaderSafeId(id) ? `"${id}"` : JSON.stringify(id);
}
