export { runBalancer } from './run.js';
