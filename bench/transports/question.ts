import { join } from 'node:path';
import type { Expected } from '@flotilla/client/expected';
import type { TransportName } from '../../client/dist/transport/transport.js';
import type { LoadResult } from '../chain/load.ts';
import { type HelperProcess, startHelper } from '../measure/helper-process.ts';
import type { Way } from './way.ts';

/** Small texts, one after another on each of some connections. */
export interface SmallTexts {
  readonly kind: 'small texts';
  readonly textBytes: number;
  readonly connections: number;
  readonly seconds: number;
}

/** A large text, once. */
export interface LargeText {
  readonly kind: 'large text';
  readonly file: string;
  readonly form: Way['form'];
  readonly requestId: string;
  readonly expected: Expected;
}

export type Question = SmallTexts | LargeText;

/** A process that sends texts over one transport. */
export type Sender = HelperProcess<Question, LoadResult>;

/** @param url - The route of stage 1. */
export function startSender(transport: TransportName, url: string): Sender {
  return startHelper(join(import.meta.dirname, 'sender.ts'), [transport, url]);
}
