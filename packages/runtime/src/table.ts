import { styleText } from 'node:util';
import { type FleetDefinition, localPlacement, processNamed, resolved } from '@flotilla/topology';
import Table from 'cli-table3';
import type { FleetStatus, ProcessRow } from './status.js';

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

/** Rows without lines between them, so that they can be cut and counted with the usual tools. */
function plainTable(head: string[], rightAligned: readonly number[] = []) {
  const colAligns = head.map((_, column) => (rightAligned.includes(column) ? ('right' as const) : ('left' as const)));
  const chars = { mid: '', 'left-mid': '', 'mid-mid': '', 'right-mid': '', left: '', right: '', middle: '  ' };
  const none = { top: '', 'top-mid': '', 'top-left': '', 'top-right': '' };
  const under = { bottom: '', 'bottom-mid': '', 'bottom-left': '', 'bottom-right': '' };
  return new Table({
    head,
    colAligns,
    chars: { ...chars, ...none, ...under },
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
  });
}

function render(table: { toString(): string }): string {
  return table.toString().replace(/ +$/gm, '');
}

/**
 * All processes of a fleet.
 *
 * @param memoryMeasure - what memory means in these rows.
 * @param now - for the uptimes.
 */
export function statusTable(rows: readonly ProcessRow[], memoryMeasure: string, now: Date): string {
  // A pid of a container is one of the engine's machine, which need not be this one; its health says more.
  const showsHealth = rows.some((row) => row.health !== undefined);
  const head = ['NAME', 'ROLE', 'STATE', showsHealth ? 'HEALTH' : 'PID', 'PORT', 'UPTIME', memoryMeasure, 'RESTARTS'];
  const table = plainTable(head, showsHealth ? [4, 5, 6, 7] : [3, 4, 5, 6, 7]);
  for (const row of rows) {
    const uptimeMs = row.startedAt ? now.getTime() - new Date(row.startedAt).getTime() : undefined;
    table.push([
      row.name,
      row.role,
      styleText(STATE_COLOURS[row.state], row.state, { stream: process.stdout }),
      (showsHealth ? row.health : row.pid) ?? '-',
      row.port,
      uptimeMs === undefined ? '-' : duration(uptimeMs),
      row.memoryBytes === null ? '-' : mebibytes(row.memoryBytes),
      row.restarts,
    ]);
  }
  return render(table);
}

/** Where a fleet can be called, and what to try first. @param definition - of the fleet whose status it is. */
export function addressTable(definition: FleetDefinition, { portOffset, host = 'localhost' }: FleetStatus): string {
  const { entryPoints, guide } = definition;
  const local = localPlacement(definition, { portOffset });
  const portOf = (name: string) => local.portOf(processNamed(definition, name).ports[0].number);
  const table = plainTable([guide.columns.label, 'ADDRESS', 'ROUTE', guide.columns.behind]);
  for (const { label, process, request, behind } of entryPoints) {
    const instances = behind.map((name) => `${name}:${portOf(name)}`).join(' ');
    table.push([label, `http://${host}:${portOf(process)}`, request, instances || process]);
  }
  const [entry] = entryPoints;
  if (!entry) return render(table);
  const placement = { ...local, hostOf: () => host };
  const called = processNamed(definition, entry.process);
  const examples = guide.examples.map((example) => resolved(example, called, definition, placement));
  return `${render(table)}\n\nTry: ${examples.join('\n     ')}`;
}

/** `850 ms`, `12 s`, `3 min 5 s`, `2 h 10 min`, `4 d 3 h`: the two units that matter. */
export function duration(durationMs: number): string {
  const seconds = Math.floor(durationMs / 1000);
  if (seconds < 1) return `${Math.max(0, Math.floor(durationMs))} ms`;
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} d ${hours % 24} h`;
}

/** `45.2 MiB`. */
export function mebibytes(bytes: number): string {
  return `${(bytes / (1024 * 1024)).toFixed(1)} MiB`;
}
