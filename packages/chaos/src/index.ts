export { type DrillOptions, runDrill } from './drill/drill.js';
export type { ScenarioResult } from './drill/result.js';
export type { Scenario } from './drill/scenario.js';
export { scenarios } from './drill/scenarios/index.js';
export { floods } from './floods/index.js';
export { type FloodResult, runFloods } from './floods/run-floods.js';
export type { TransportName } from './load/transport.js';
