/** What is needed to answer calls. An entry of its own: a process loads it with its first call. */
export { asConnectError, connectHandler, exchangeKey } from './connect-handler.js';
export { standardServices } from './standard-services.js';
