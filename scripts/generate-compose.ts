/**
 * Writes the compose files from the topology and the catalogue of settings. With `--check` it writes nothing, and
 * fails if they are not as they would be written.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { SETTING_PREFIX, type Setting, settings } from '@flotilla/contracts';
import { fleets, fullestDefinitions } from '@flotilla/topology';
import { composeFile } from '@flotilla/topology/compose';

/** Between the end of a process's own time and SIGKILL: time to write out its log. */
const STOP_MARGIN_SECONDS = 5;

/** Our own settings of the processes in containers. What the contract names is set for each of them. */
const passedOn = (Object.values(settings) as Setting[])
  .filter(({ env, users }) => env.startsWith(SETTING_PREFIX) && users.some((user) => user !== 'runtime'))
  .map(({ env }) => env);
const { drainDelayMs, shutdownGraceMs } = settings;
const ownTimeMs = Number(drainDelayMs.default) + Number(shutdownGraceMs.default);
const stopGraceSeconds = Math.ceil(ownTimeMs / 1000) + STOP_MARGIN_SECONDS;

const { values } = parseArgs({ options: { check: { type: 'boolean', default: false } } });
for (const definition of fleets.flatMap(fullestDefinitions)) {
  const path = definition.network.composeFile;
  const content = composeFile(definition, { passedOn, stopGraceSeconds });
  if (!values.check) writeFileSync(path, content);
  else if (readFileSync(path, 'utf8') !== content) {
    process.stderr.write(`${path} is not what the topology says; run \`make compose\`.\n`);
    process.exitCode = 1;
  }
}
