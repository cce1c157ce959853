/**
 * What a fleet is, whatever it does. The tables (`pipeline.ts` and its like) say which fleets there are; the runtime, the
 * compose files and what is made for other systems read definitions, and know no table.
 */

/** A group of processes, ready to be placed somewhere. */
export interface FleetDefinition {
  /** `pipeline`: the fleet that this is a mode of. */
  readonly fleet: string;
  /** Its mode, which people call it by: "the parallel fleet". */
  readonly name: string;
  /** What was chosen of what the fleet leaves open, as `{ balancers: 2 }`. */
  readonly options: FleetOptions;
  /** Programs of ours, as a request travels: callers before those that they call. */
  readonly processes: readonly ProcessSpec[];
  /** What is not ours, as a database. */
  readonly dependencies: readonly ProcessSpec[];
  readonly entryPoints: readonly EntryPoint[];
  readonly network: NetworkSpec;
  readonly guide: FleetGuide;
  /** Variables of the caller that its processes get, beside FLOTILLA_… and what every process needs. */
  readonly passedOn: readonly string[];
}

export type FleetOptions = Readonly<Record<string, number>>;

/** `dependency`: not a program of ours. */
export type ProcessRole = 'service' | 'balancer' | 'dependency';

/** One process of a fleet: what to run, where it listens, and how it is told so. */
export interface ProcessSpec {
  /** `service1a`. Unique among all fleets; its host name in a network. */
  readonly name: string;
  readonly program: Program;
  /** The stage or kind of work that it belongs to, its balancers included: `service1`. */
  readonly group: string;
  readonly role: ProcessRole;
  /** The first is the one that people are told. */
  readonly ports: readonly [PortSpec, ...PortSpec[]];
  /** Its own variables, and no others. */
  readonly environment: Readonly<Record<string, Value>>;
  /** Memory that its container may take; beyond it the kernel ends the process, and Docker starts it again. */
  readonly memoryMiB: number;
  readonly readiness: Readiness;
  readonly dependsOn: readonly DependsOn[];
  /** It is one that an option adds: of Compose, a profile. Undefined: it always runs. */
  readonly profile?: string;
}

export interface PortSpec {
  /** `http`; what a {@link Value} calls it by. */
  readonly name: string;
  /** As in the table of ports, wherever the process ends up. */
  readonly number: number;
}

/** Another process that one calls. It is stopped after all that call it. */
export interface DependsOn {
  readonly name: string;
  /** `ready`: the caller is not started before. `started`: it looks for it with every request, and waits for nothing. */
  readonly condition: 'started' | 'ready';
}

export type Program = NodeProgram | CommandProgram;

/** A program of this repository: `bundle/<folder>/main.cjs`. */
export interface NodeProgram {
  readonly kind: 'node';
  readonly folder: string;
}

/** A program of the machine, or of an image. */
export interface CommandProgram {
  readonly kind: 'command';
  /** Looked for on the PATH. */
  readonly command: string;
  readonly args: readonly Value[];
  /** What ends it in order. */
  readonly stopSignal: 'SIGTERM' | 'SIGINT' | 'SIGQUIT';
  /** Whether it keeps data, in a folder of its own below FLOTILLA_DATA_DIR. */
  readonly keepsData: boolean;
  readonly image: ImageSpec;
}

/** How a command runs in a container. */
export interface ImageSpec {
  /** `redis:8-bookworm`. */
  readonly name: string;
  /** In place of the image's own; undefined: that. */
  readonly command?: readonly Value[];
  /** Where its data lie in the container. */
  readonly dataPath?: string;
}

/** What says that a process takes requests. `http`: 200 on the path. `tcp`: a connection. `command`: exit code 0. */
export type Readiness =
  | { readonly kind: 'http'; readonly path: string; readonly port?: string }
  | { readonly kind: 'tcp'; readonly port?: string }
  | { readonly kind: 'command'; readonly command: string; readonly args: readonly Value[] };

/** A text, parts of which depend on where the fleet is placed. */
export type Value = string | Reference | readonly (string | Reference)[];

/** `endpoints` is a list with commas between. */
export type Reference =
  | { readonly kind: 'port'; readonly port?: string }
  | { readonly kind: 'data' }
  | { readonly kind: 'endpoints'; readonly of: readonly string[]; readonly form: EndpointForm; readonly port?: string };

/**
 * `url`: `http://host:port`. `address`: `host:port`. `member`: the name and the port of the table, and where they are not
 * what one dials, that behind a `=`.
 */
export type EndpointForm = 'url' | 'address' | 'member';

/** Where a fleet is called from outside. */
export interface EntryPoint {
  /** What people know it by: `1` in the column STAGE. */
  readonly label: string;
  /** The process that listens there. */
  readonly process: string;
  /** Tells commands where it is: `SERVICE1_URL`. All entry points with the same variable make a list. */
  readonly variable: string;
  /** `POST /process`. */
  readonly request: string;
  /** The processes that it shares its requests out to. Empty: it does the work itself. */
  readonly behind: readonly string[];
}

/** Names of a fleet's containers. */
export interface NetworkSpec {
  readonly name: string;
  /** Of Compose: it stands on all containers as the label `com.docker.compose.project`. */
  readonly project: string;
  /** In the root of the repository. */
  readonly composeFile: string;
  /** `rest-` makes rest-service1a. */
  readonly containerPrefix: string;
}

/** What people are told of a fleet. */
export interface FleetGuide {
  /** `make up-parallel`, and its like. */
  readonly commands: { readonly up: string; readonly down: string; readonly restart: string };
  /** Heads of the columns of its addresses: `STAGE`, and `INSTANCES` or `PROCESS`. */
  readonly columns: { readonly label: string; readonly behind: string };
  /** What to try first; addresses in them are those of this machine. */
  readonly examples: readonly Value[];
  /** What the client of the compose file is run with for an example. Undefined: the fleet's file has no client. */
  readonly clientExample?: string;
  /** Of the client, to print what the fleet says it did. Undefined: there is nothing to print. */
  readonly statsArguments?: readonly string[];
}

/** Ours and others. */
export function everyProcess({ processes, dependencies }: FleetDefinition): readonly ProcessSpec[] {
  return [...processes, ...dependencies];
}

/** `rest-service1a`. */
export function containerName({ network }: FleetDefinition, processName: string): string {
  return network.containerPrefix + processName;
}

/** The profiles of Compose that a definition's processes need. */
export function profilesOf(definition: FleetDefinition): string[] {
  return [...new Set(everyProcess(definition).flatMap(({ profile }) => profile ?? []))];
}

/** Where processes are called: `http://host:port`, with commas between. */
export function urlsOf(names: readonly string[]): Reference {
  return { kind: 'endpoints', of: names, form: 'url' };
}

/** `host:port`, with commas between. */
export function addressesOf(names: readonly string[]): Reference {
  return { kind: 'endpoints', of: names, form: 'address' };
}

/** A balancer's instances, by the names that its `/stats` has. */
export function membersOf(names: readonly string[]): Reference {
  return { kind: 'endpoints', of: names, form: 'member' };
}
