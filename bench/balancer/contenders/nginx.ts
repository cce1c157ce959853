import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { startProcess } from '../../measure/started-process.ts';
import type { Contender, Place } from '../contender.ts';
import { installedVersion } from './installed-version.ts';

/** nginx with one worker, as it is set up to proxy fast. */
export const nginx: Contender = {
  name: 'nginx',
  protocol: 'HTTP/1.1',
  log: 'a line each, written in batches of 64 KiB',
  isJitCompiled: false,
  version: () => installedVersion('nginx', '-v', /nginx\/(\S+)/),
  async start(place) {
    const folder = join(place.folder, 'nginx');
    await mkdir(folder);
    const file = join(folder, 'nginx.conf');
    await writeFile(file, configuration({ ...place, folder }));
    return startProcess({
      name: 'nginx',
      program: 'nginx',
      parameters: ['-p', folder, '-c', file, '-e', join(folder, 'error.log'), '-g', 'daemon off;'],
      folder,
      port: place.port,
    });
  },
};

/** Connections are kept for good and bodies out of files: neither opening nor writing them is what is measured. */
function configuration({ folder, port, upstreamPorts }: Place): string {
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];
  // Its workers would otherwise not be let into a folder of root's.
  const user = process.getuid?.() === 0 ? 'user root root;' : '';
  return `
    ${user}
    worker_processes 1;
    pid ${folder}/nginx.pid;
    events { worker_connections 1024; }
    http {
      access_log ${folder}/access.log combined buffer=64k;
      ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join(' ')}
      keepalive_requests 1000000000;
      client_max_body_size 100m;
      client_body_buffer_size 1m;
      proxy_max_temp_file_size 0;
      upstream instances {
        ${upstreamPorts.map((each) => `server 127.0.0.1:${each};`).join(' ')}
        keepalive 64;
        keepalive_requests 1000000000;
      }
      server {
        listen 127.0.0.1:${port};
        location / {
          proxy_pass http://instances;
          proxy_http_version 1.1;
          proxy_set_header Connection "";
          proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;
          proxy_set_header X-Request-Id $request_id;
        }
      }
    }
  `;
}
