import { runBalancer } from '@flotilla/balancer';

void runBalancer(2);
