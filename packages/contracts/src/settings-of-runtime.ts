import { GIB, MIB, type Setting, setting } from './setting.js';
import { integer, text } from './setting-types.js';

/** What runs a fleet. */
export const runtimeSettings = {
  maxLogBytes: setting(
    'FLOTILLA_MAX_LOG_BYTES',
    integer(4096, 64 * GIB),
    String(32 * MIB),
    'bytes',
    ['runtime'],
    'Size at which the local runtime puts a process’s log aside; one older file is kept.',
  ),
  portOffset: setting(
    'FLOTILLA_PORT_OFFSET',
    integer(0, 57_000),
    '0',
    'ports',
    ['runtime'],
    'Moves the ports of local fleets, so that others can stand beside them: all of them are then between 8000 and 8535 plus this.',
  ),
  dataDir: setting(
    'FLOTILLA_DATA_DIR',
    text(1, 4096),
    'data',
    'path',
    ['runtime'],
    'Where the data of fleets lie, a folder for each: what a database keeps. Only `make clean-data` removes anything there.',
  ),
  stateDir: setting(
    'FLOTILLA_STATE_DIR',
    text(1, 4096),
    '.flotilla',
    'path',
    ['runtime'],
    'Where the runtime keeps what it remembers of the fleet that it started, and a local fleet’s logs.',
  ),
} as const satisfies Record<string, Setting>;
