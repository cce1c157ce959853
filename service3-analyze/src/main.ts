import { runStage } from '@flotilla/stage';
import { buildApp, settings } from './app.js';

await runStage(3, settings, buildApp);
