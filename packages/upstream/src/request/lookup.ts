import { type LookupAddress, type LookupOptions, lookup as systemLookup } from 'node:dns';
import type { LookupFunction } from 'node:net';

type LookupCallback = (
  error: NodeJS.ErrnoException | null,
  address: string | LookupAddress[],
  family?: number | undefined,
) => void;

/** How a name is looked up once; the system's way unless a test says otherwise. */
export type Resolver = (hostname: string, options: LookupOptions, callback: LookupCallback) => void;

/**
 * Looks a name up once at a time, however many connections wait for it. The system's lookup blocks one of the four
 * threads that Node has for such work, for seconds where a name has stopped resolving; a few requests to one instance
 * that is gone would otherwise take all four, and no other name would be resolved in time.
 *
 * Nothing is kept: a container that comes back has another address.
 */
export function sharedLookup(resolve: Resolver = systemLookup as Resolver): LookupFunction {
  const waiting = new Map<string, LookupCallback[]>();
  return (hostname, options, callback) => {
    const key = `${hostname} ${options.family ?? 0} ${options.all ?? false} ${options.hints ?? 0}`;
    const others = waiting.get(key);
    if (others) {
      others.push(callback as LookupCallback);
      return;
    }
    waiting.set(key, [callback as LookupCallback]);
    resolve(hostname, options, (error, address, family) => {
      const callbacks = waiting.get(key) ?? [];
      waiting.delete(key);
      for (const each of callbacks) each(error, address, family);
    });
  };
}
