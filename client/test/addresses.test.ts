import { describe, expect, test } from 'vitest';
import { fleetAddresses } from '../src/addresses.js';

/** As a container of the client has it: each stage on a host of its own. */
const network = {
  SERVICE1_URL: 'http://service1-loadbalancer:8061',
  SERVICE2_URL: 'http://service2-loadbalancer:8062',
  SERVICE3_URL: 'http://service3-loadbalancer:8063',
  SERVICE4_URL: 'http://service4-loadbalancer:8064',
};

const origins = (choice: Parameters<typeof fleetAddresses>[0], env: Record<string, string>) => {
  const { process, report, balancers } = fleetAddresses(choice, env);
  return [process, report, ...balancers.map(({ origin }) => origin)];
};

describe('the addresses of a fleet', () => {
  test('on this machine, on the ports of the topology, when nothing else is said', () => {
    expect(origins({ portOffset: 1000 }, {})).toEqual([
      'http://127.0.0.1:9061/process',
      'http://127.0.0.1:9064/report',
      ...[9061, 9062, 9063, 9064].map((port) => `http://127.0.0.1:${port}`),
    ]);
  });

  test('each stage where the environment says', () => {
    expect(origins({ portOffset: 0 }, network)).toEqual([
      'http://service1-loadbalancer:8061/process',
      'http://service4-loadbalancer:8064/report',
      ...Object.values(network),
    ]);
  });

  test('a URL among the options counts more than the environment', () => {
    expect(origins({ url: 'http://there:8061', portOffset: 0 }, network)).toEqual([
      'http://there:8061/process',
      'http://there:8064/report',
      ...[8061, 8062, 8063, 8064].map((port) => `http://there:${port}`),
    ]);
  });

  test('what is no address is refused, wherever it was said', () => {
    expect(() => fleetAddresses({ portOffset: 0 }, { SERVICE1_URL: 'service1a' })).toThrow('is not the address');
    expect(() => fleetAddresses({ portOffset: 0 }, { SERVICE3_URL: 'http://a/b' })).toThrow('is not the address');
  });
});
