import type { Flood } from './flood.js';
import { frameFloods } from './frame-floods.js';
import { requestFloods } from './request-floods.js';

/** All floods, in the order in which they come. */
export const floods: readonly Flood[] = [...frameFloods, ...requestFloods];
