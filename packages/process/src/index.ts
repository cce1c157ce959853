export { type Config, ConfigError, type Environment, type ProcessDefaults, readConfig } from './config.js';
export { watchDescriptors } from './descriptor-watch.js';
export { DurationHistogram } from './duration-histogram.js';
export { Lifecycle, type Phase } from './lifecycle.js';
export { describeError, type LogIdentity, openLog, type ProcessLog } from './log.js';
export { collectGarbage, reportExternalMemory, reportReleasedMemory, requestWasAnswered, trimHeap } from './memory.js';
export { createMetrics, type Metrics, type Sample } from './metrics.js';
export { renderConfig } from './print-config.js';
