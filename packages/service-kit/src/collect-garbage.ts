import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** How V8 is to collect: see `v8::TypedGCOptions`, which `gc()` takes since Node 20. */
interface CollectionOptions {
  readonly type: 'major' | 'minor';
  readonly execution: 'sync' | 'async';
  readonly flavor?: 'last-resort';
}

let collect: ((options: CollectionOptions) => unknown) | undefined;

/** Makes V8 collect its garbage. Node shows the function to those who ask for it at its start; this one need not. */
export function collectGarbage(options: CollectionOptions): void {
  if (!collect) {
    setFlagsFromString('--expose-gc');
    collect = runInNewContext('gc') as (options: CollectionOptions) => unknown;
    setFlagsFromString('--no-expose-gc');
  }
  void collect(options);
}
