/** The runtime's command line over the pipeline and a fleet that only tests know. */
import { runCli } from '@flotilla/runtime/cli';
import { pipelineFleet } from '@flotilla/topology';
import { greetings } from './greetings.ts';

process.exitCode = await runCli(process.argv.slice(2), [pipelineFleet(), greetings]);
