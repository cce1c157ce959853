#!/usr/bin/env node
import { runCommandLine } from '@flotilla/terminal/command-line';
import { abortOnSignal } from '@flotilla/terminal/interruption';
import { runProgram } from '@flotilla/terminal/program';
import { buildCli } from './cli.js';

const { signal } = abortOnSignal();
const { stdout, stderr } = process;
const work = () => runCommandLine(process.argv.slice(2), (exit) => buildCli({ stdout, stderr, signal }, exit));
// What only serves to print ends with its reader, as `head` ends what is piped to it.
void runProgram(work, { onOutputGone: () => process.exit() });
