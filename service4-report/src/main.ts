import { runStage } from '@flotilla/stage';
import { buildApp, settings } from './app.js';

void runStage(4, settings, buildApp);
