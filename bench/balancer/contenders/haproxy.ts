import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess } from '../../measure/started-process.ts';
import type { Contender, Place } from '../contender.ts';
import { installedVersion } from './installed-version.ts';

/** HAProxy with one thread, as it is set up to proxy fast. It can log to its output, but not in batches. */
export const haproxy: Contender = {
  name: 'haproxy',
  protocol: 'HTTP/1.1',
  log: 'a line each, written one by one',
  isJitCompiled: false,
  version: () => installedVersion('haproxy', '-v', /version (\d[\d.]*)/),
  async start(place) {
    const file = join(place.folder, 'haproxy.cfg');
    await writeFile(file, configuration(place));
    return startProcess({
      name: 'haproxy',
      program: 'haproxy',
      parameters: ['-db', '-f', file],
      folder: place.folder,
      port: place.port,
    });
  },
};

function configuration({ port, upstreamPorts }: Place): string {
  const servers = upstreamPorts.map((each, index) => `  server instance${index} 127.0.0.1:${each} check inter 1s`);
  return `
global
  nbthread 1
  maxconn 1024
  log stdout format raw local0 info
defaults
  mode http
  log global
  option httplog
  option forwardfor
  timeout connect 1s
  timeout client 72s
  timeout server 300s
frontend listener
  bind 127.0.0.1:${port}
  default_backend instances
backend instances
  balance roundrobin
  http-reuse always
  option httpchk GET /health/ready
${servers.join('\n')}
`;
}
