/** What every program loads first. */
import { enableCompileCache } from 'node:module';
import { dirname, join } from 'node:path';
import './source-stacks.ts';

// Beside what it was compiled from, and gone with that. Where it cannot be written, as in a container, Node does without.
enableCompileCache(join(dirname(import.meta.dirname), 'compile-cache'));
