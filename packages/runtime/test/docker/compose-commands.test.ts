import { pipeline, profilesOf } from '@flotilla/topology';
import { describe, expect, test } from 'vitest';
import { ComposeCommands } from '../../src/docker/compose-commands.js';

const FLEET = [
  'compose',
  '--project-directory',
  '/a place',
  '--file',
  '/a place/docker-compose-parallel.yml',
  '--project-name',
  'flotilla-parallel',
];
function commandsOf(mode: 'sequential' | 'parallel'): ComposeCommands {
  const { network } = pipeline({ mode });
  return new ComposeCommands('/a place', network, profilesOf(pipeline({ balancers: 2 })));
}

const commands = commandsOf('parallel');

describe('the arguments of docker', () => {
  test('name the file, the directory and the project of the mode', () => {
    expect(commands.stop('service1a')).toEqual([...FLEET, 'stop', 'service1a']);
    const sequential = commandsOf('sequential').stop('service1a');
    expect(sequential.slice(3)).toEqual([
      '--file',
      '/a place/docker-compose.yml',
      '--project-name',
      'flotilla-sequential',
      'stop',
      'service1a',
    ]);
  });

  test('build the client only where it is asked for', () => {
    expect(commands.build(false)).toEqual([...FLEET, 'build']);
    expect(commands.build(true)).toEqual([...FLEET, '--profile', 'client', 'build']);
  });

  test('start what is named and build nothing', () => {
    expect(commands.up(['service1a', 'service2a'])).toEqual([
      ...FLEET,
      'up',
      '--detach',
      '--no-build',
      '--remove-orphans',
      'service1a',
      'service2a',
    ]);
    expect(commands.create(['service3a'])).toEqual([...FLEET, 'create', '--no-build', 'service3a']);
  });

  test('start one as it was, without its neighbours', () => {
    const options = ['--detach', '--no-build', '--no-deps', '--no-recreate'];
    expect(commands.start('service3b')).toEqual([...FLEET, 'up', ...options, 'service3b']);
  });

  test('end everything, with every profile', () => {
    const profiles = ['--profile', 'client', '--profile', 'two-balancers'];
    expect(commands.down()).toEqual([...FLEET, ...profiles, 'down', '--remove-orphans']);
    expect(commands.clean()).toEqual([...commands.down(), '--volumes']);
  });

  test('show logs: all or the last lines, bare for one name', () => {
    const all = { follow: false, tailLines: Number.POSITIVE_INFINITY };
    expect(commands.logs(['service1a', 'service1b'], all)).toEqual([
      ...FLEET,
      'logs',
      '--tail',
      'all',
      'service1a',
      'service1b',
    ]);
    const one = ['logs', '--tail', '10', '--follow', '--no-log-prefix', 'service1a'];
    expect(commands.logs(['service1a'], { follow: true, tailLines: 10 })).toEqual([...FLEET, ...one]);
  });
});
