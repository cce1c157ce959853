import type { Scenario } from '../scenario.js';
import { killScenarios } from './kill.js';
import { networkScenarios } from './network.js';
import { rollingRestartScenario } from './rolling-restart.js';
import { slowClientsScenario } from './slow-clients.js';
import { stopScenario } from './stop.js';
import { uploadsScenario } from './uploads.js';

/** All faults, in the order in which they are run. */
export const scenarios: readonly Scenario[] = [
  ...killScenarios,
  stopScenario,
  ...networkScenarios,
  slowClientsScenario,
  uploadsScenario(),
  rollingRestartScenario,
];
