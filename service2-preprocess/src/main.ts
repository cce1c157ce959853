import { runStage } from '@flotilla/stage';
import { buildApp, settings } from './app.js';

await runStage(2, settings, buildApp);
