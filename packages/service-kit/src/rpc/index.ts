export { asConnectError, connectHandler, exchangeKey } from './connect-handler.js';
