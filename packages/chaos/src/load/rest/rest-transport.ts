import type { Transport } from '../transport.js';
import { RestCaller } from './rest-caller.js';
import { slowHttp1Kinds } from './slow-http1.js';

/** HTTP/1.1 with bodies of JSON, whatever their length. */
export const restTransport: Transport = {
  name: 'rest',
  openCaller: (options) => new RestCaller(options),
  openUploader: (options) => new RestCaller(options),
  slowKinds: slowHttp1Kinds,
};
