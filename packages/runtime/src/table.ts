import { styleText } from 'node:util';
import { formatDuration, formatMebibytes } from '@flotilla/terminal/figures';
import { renderTable, wordsThenNumbers } from '@flotilla/terminal/tables';
import { type FleetDefinition, localPlacement, processNamed, resolved } from '@flotilla/topology';
import type { FleetStatus, ProcessRow } from './fleet/status.js';

type Colour = 'green' | 'yellow' | 'red' | 'gray';

const STATE_COLOURS: Readonly<Record<ProcessRow['state'], Colour>> = {
  ready: 'green',
  starting: 'yellow',
  restarting: 'yellow',
  stopping: 'yellow',
  stopped: 'gray',
  failed: 'red',
  unready: 'red',
};

/**
 * All processes of a fleet.
 *
 * @param memoryMeasure - what memory means in these rows.
 * @param now - for the uptimes.
 */
export function statusTable(rows: readonly ProcessRow[], memoryMeasure: string, now: Date): string {
  // A pid of a container is one of the engine's machine, which need not be this one; its health says more.
  const showsHealth = rows.some((row) => row.health !== undefined);
  const columns = wordsThenNumbers(
    ['NAME', 'ROLE', 'STATE', ...(showsHealth ? ['HEALTH'] : [])],
    [...(showsHealth ? [] : ['PID']), 'PORT', 'UPTIME', memoryMeasure, 'RESTARTS'],
  );
  const cells = rows.map((row) => [
    row.name,
    row.role,
    styleText(STATE_COLOURS[row.state], row.state, { stream: process.stdout }),
    String((showsHealth ? row.health : row.pid) ?? '-'),
    String(row.port),
    row.startedAt ? formatDuration(now.getTime() - new Date(row.startedAt).getTime()) : '-',
    row.memoryBytes === null ? '-' : formatMebibytes(row.memoryBytes),
    String(row.restarts),
  ]);
  return renderTable(columns, cells);
}

/** Where a fleet can be called, and what to try first. @param definition - of the fleet whose status it is. */
export function addressTable(definition: FleetDefinition, { portOffset, host = 'localhost' }: FleetStatus): string {
  const { entryPoints, guide } = definition;
  const local = localPlacement(definition, { portOffset });
  const portOf = (name: string) => local.portOf(processNamed(definition, name).ports[0].number);
  const rows = entryPoints.map(({ label, process, request, behind }) => {
    const instances = behind.map((name) => `${name}:${portOf(name)}`).join(' ');
    return [label, `http://${host}:${portOf(process)}`, request, instances || process];
  });
  const table = renderTable(wordsThenNumbers([guide.columns.label, 'ADDRESS', 'ROUTE', guide.columns.behind]), rows);
  const [entry] = entryPoints;
  if (!entry) return table;
  const placement = { ...local, hostOf: () => host };
  const called = processNamed(definition, entry.process);
  const examples = guide.examples.map((example) => resolved(example, called, definition, placement));
  return `${table}\n\nTry: ${examples.join('\n     ')}`;
}
