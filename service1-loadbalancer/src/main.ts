import { runBalancer } from '@flotilla/balancer';

await runBalancer(1);
