export { type AppConfig, type AppDependencies, appSettings, createApp } from './app.js';
export { type Config, ConfigError, type Environment, readConfig } from './config.js';
export { Lifecycle } from './lifecycle.js';
export { describeError, type LogIdentity } from './log.js';
export { checkJsonBody } from './media-type.js';
export { createMetrics, type Metrics } from './metrics.js';
export { type BodyLimit, type BodySink, checkAnnouncedLength, type Receiving, receive } from './receive.js';
export { RequestTrail } from './request-trail.js';
export { type ProcessDefinition, runProcess } from './run.js';
