export { type AppConfig, type AppDependencies, appSettings, createApp } from './app.js';
export { runProcess } from './run.js';
