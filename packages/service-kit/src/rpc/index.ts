export { asConnectError, connectHandler, exchangeKey } from './connect-handler.js';
export { healthService } from './health-service.js';
export { reflectionService } from './reflection-service.js';
