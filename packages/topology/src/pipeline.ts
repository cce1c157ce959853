/**
 * The one table of the pipeline: which stages there are, in the order in which a text passes through them, who does their
 * work on which port, and what of a stage others need to know. A further stage is one more row.
 */

import { type Stage, type StageRow, stageOf } from './stage.js';

/**
 * What streams on (stages 1 and 2) keeps up to 160 MiB to send again, and took 0.4 GiB with eight bodies of 100 MiB under
 * way. What holds a table (stages 3 and 4) took 0.8 GiB for one such text of 17 million words, no two the same; English text
 * takes 0.1.
 */
const STREAMS_ON_MIB = 512;
const HOLDS_A_TABLE_MIB = 1024;

const rows = [
  {
    number: 1,
    work: 'input',
    route: '/process',
    balancerPorts: [8061, 8071],
    instancePorts: [8051, 8055, 8057, 8059],
    bodyLimit: 'outer',
    outputType: 'text',
    keepsPlainText: true,
    requestSchema: 'TextRequest',
    // It hands a stream on byte for byte, and drops white space of JSON, which its callers send all the same.
    idleTimeoutFor: 'all',
    memoryMiB: STREAMS_ON_MIB,
    summary: 'Takes a text in and hands it on.',
    rpc: { service: 'pipeline.TextInputService', methods: ['ReceiveText', 'stream ReceiveTextStream'] },
  },
  {
    number: 2,
    work: 'preprocess',
    route: '/preprocess',
    balancerPorts: [8062, 8072],
    instancePorts: [8052, 8056, 8058, 8060],
    bodyLimit: 'inner',
    outputType: 'text',
    keepsPlainText: false,
    requestSchema: 'TextRequest',
    // The stage before it drops white space of JSON: a pause is one of the client's only where a text comes as itself.
    idleTimeoutFor: 'streams',
    memoryMiB: STREAMS_ON_MIB,
    summary: 'Cleans a text.',
    rpc: { service: 'pipeline.PreprocessService', methods: ['CleanText'] },
  },
  {
    number: 3,
    work: 'analyze',
    route: '/analyze',
    balancerPorts: [8063, 8073],
    instancePorts: [8053, 8065, 8067, 8069],
    bodyLimit: 'inner',
    outputType: 'analysis',
    keepsPlainText: false,
    requestSchema: 'TextRequest',
    // The stage before it drops most that is no word.
    idleTimeoutFor: 'none',
    memoryMiB: HOLDS_A_TABLE_MIB,
    summary: 'Counts the words of a cleaned text.',
    rpc: { service: 'pipeline.AnalysisService', methods: ['AnalyzeText'] },
  },
  {
    number: 4,
    work: 'report',
    route: '/report',
    balancerPorts: [8064, 8074],
    instancePorts: [8054, 8066, 8068, 8070],
    bodyLimit: 'inner',
    outputType: 'nothing',
    keepsPlainText: false,
    requestSchema: 'ReportRequest',
    // It gets an analysis, in one piece.
    idleTimeoutFor: 'all',
    memoryMiB: HOLDS_A_TABLE_MIB,
    summary: 'Writes the report.',
    rpc: { service: 'pipeline.ReportService', methods: ['GenerateReport'] },
  },
] as const satisfies readonly StageRow[];

/** Numbers of the stages that there are. */
export type StageNumber = (typeof rows)[number]['number'];

export const stages: readonly Stage[] = rows.map(stageOf);

/** Finds a stage of a table by its number. */
export function stageNumbered(number: number, table: readonly Stage[] = stages): Stage {
  const found = table.find((candidate) => candidate.number === number);
  if (!found) throw new Error(`the pipeline has no stage ${number}`);
  return found;
}

/** The stage that a stage calls: the one of the next row. Undefined: it is the last. */
export function nextStage(stage: Pick<Stage, 'number'>, table: readonly Stage[] = stages): Stage | undefined {
  return table[table.findIndex((candidate) => candidate.number === stage.number) + 1];
}

/** Name of the variable that tells a caller where a stage is: `SERVICE2_URL`. */
export function urlVariable({ service }: Pick<Stage, 'service'>): string {
  return `${service.toUpperCase()}_URL`;
}

/** Name of the variable that tells a balancer its instances: `SERVICE1_INSTANCES`. */
export function instancesVariable({ service }: Pick<Stage, 'service'>): string {
  return `${service.toUpperCase()}_INSTANCES`;
}
