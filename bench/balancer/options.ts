import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import type { Contender } from './contender.ts';
import type { Settings } from './measure.ts';
import { MIN_BODY_BYTES } from './payload.ts';

/** What the command line asks for. */
export interface Options {
  readonly contenders: readonly Contender[];
  readonly settings: Settings;
  readonly json: boolean;
}

/** @throws RangeError, or TypeError of parseArgs, with a line that says what is allowed. */
export function readOptions(args: readonly string[], all: readonly Contender[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      only: { type: 'string' },
      connections: { type: 'string', default: '16' },
      seconds: { type: 'string', default: '3' },
      'warm-up': { type: 'string', default: '8' },
      repetitions: { type: 'string', default: '3' },
      'body-bytes': { type: 'string', default: '1024' },
      'cpu-prof': { type: 'string' },
      json: { type: 'boolean', default: false },
    },
  });
  const whole = (name: 'connections' | 'seconds' | 'warm-up' | 'repetitions' | 'body-bytes', min: number) => {
    const number = Number(values[name]);
    if (Number.isInteger(number) && number >= min) return number;
    throw new RangeError(`--${name} must be a whole number from ${min}, got ${values[name]}`);
  };
  return {
    contenders: choose(values.only, all),
    settings: {
      connections: whole('connections', 1),
      // A second is the shortest run of wrk.
      seconds: whole('seconds', 1),
      warmUpSeconds: whole('warm-up', 1),
      repetitions: whole('repetitions', 1),
      bodyBytes: whole('body-bytes', MIN_BODY_BYTES),
      ...(values['cpu-prof'] === undefined ? {} : { cpuProfileFolder: resolve(values['cpu-prof']) }),
    },
    json: values.json,
  };
}

function choose(only: string | undefined, all: readonly Contender[]): readonly Contender[] {
  if (only === undefined) return all;
  const names = only.split(',');
  const unknown = names.find((name) => !all.some((each) => each.name === name));
  if (unknown !== undefined) {
    throw new RangeError(`--only takes ${all.map(({ name }) => name).join(', ')}; got ${unknown}`);
  }
  return all.filter(({ name }) => names.includes(name));
}
