import type { Fleet } from './fleet.js';
import { pipelineFleet } from './pipeline-fleet.js';

/** All fleets there are. The first is the one that is meant where none is named. */
export const fleets: readonly [Fleet, ...Fleet[]] = [pipelineFleet()];
