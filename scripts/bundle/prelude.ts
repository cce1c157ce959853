/** What every program loads first. */
import { enableCompileCache } from 'node:module';
import { dirname, join } from 'node:path';
import { leaveToNewerNode } from './older-node.ts';
import './source-stacks.ts';

/** Whether a newer Node does the program's work, since this one is too old for it. */
export const isHandedOver = leaveToNewerNode();

// Beside what it was compiled from, and gone with that. Where it cannot be written, as in a container, Node does without.
if (!isHandedOver) enableCompileCache(join(dirname(import.meta.dirname), 'compile-cache'));
