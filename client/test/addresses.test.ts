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
  return [String(process), String(report), ...balancers.map(({ origin }) => origin)];
};

const at = (...ports: number[]) => ports.map((port) => `http://127.0.0.1:${port}`);

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

  test('several of stage 1 among the options: the second balancers of the other stages stand beside its second', () => {
    const url = at(9061, 9071).join(', ');
    expect(origins({ url, portOffset: 1000 }, network)).toEqual([
      'http://127.0.0.1:9061/process,http://127.0.0.1:9071/process',
      'http://127.0.0.1:9064/report,http://127.0.0.1:9074/report',
      ...at(9061, 9071, 9062, 9072, 9063, 9073, 9064, 9074),
    ]);
  });

  test('several on hosts of their own: the first balancers of each', () => {
    const [, , ...balancers] = origins({ url: 'http://a:8061,http://b:8061', portOffset: 0 }, {});
    expect(balancers).toEqual([8061, 8062, 8063, 8064].flatMap((port) => [`http://a:${port}`, `http://b:${port}`]));
  });

  test('several in the environment, and several for the report', () => {
    const env = { ...network, SERVICE1_URL: at(1, 2).join(','), SERVICE4_URL: at(3, 4).join(',') };
    expect(String(fleetAddresses({ portOffset: 0 }, env).report.urls)).toBe(`${at(3)}/report,${at(4)}/report`);
    const { report } = fleetAddresses({ portOffset: 0, reportUrl: at(5, 6).join(',') }, env);
    expect(report.urls).toEqual([`${at(5)}/report`, `${at(6)}/report`]);
  });

  test('balancers have the names of the topology: by their ports where these tell them apart', () => {
    const names = (url: string) =>
      fleetAddresses({ url, portOffset: 0 }, {}).balancers.flatMap(({ name, stage }) => (stage === 3 ? name : []));
    expect(names(at(8071).join())).toEqual(['service3-loadbalancer2']);
    expect(names(at(8071, 8061).join())).toEqual(['service3-loadbalancer2', 'service3-loadbalancer']);
    expect(names('http://a:8061,http://b:8061')).toEqual(['service3-loadbalancer', 'service3-loadbalancer2']);
  });

  test('what is no address is refused, wherever it was said', () => {
    expect(() => fleetAddresses({ portOffset: 0 }, { SERVICE1_URL: 'service1a' })).toThrow('is not the address');
    expect(() => fleetAddresses({ portOffset: 0 }, { SERVICE3_URL: 'http://a/b' })).toThrow('is not the address');
    expect(() => fleetAddresses({ url: 'http://a:1,', portOffset: 0 }, {})).toThrow('"" is not the address');
  });
});
