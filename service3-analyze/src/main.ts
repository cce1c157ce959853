import { runStage } from '@flotilla/stage';
import { buildApp, settings } from './app.js';

void runStage(3, settings, buildApp);
