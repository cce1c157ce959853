import { type SettingName, settings } from '@flotilla/contracts';
import { ConfigError, readConfig } from '@flotilla/process';
import { appSettings } from '@flotilla/service-kit';
import { describe, expect, test } from 'vitest';

const required = { SERVICE_PORT: '8061' };

function message(env: Record<string, string>, names: readonly SettingName[] = appSettings): string {
  try {
    readConfig(names, env);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    expect((error as Error).message).not.toContain('\n');
    return (error as Error).message;
  }
  throw new Error('it was accepted');
}

describe('reading the configuration', () => {
  test('takes defaults, and values from the environment before them', () => {
    const config = readConfig(appSettings, { ...required, FLOTILLA_MAX_HEADERS: '7', BIND_HOST: '' });
    expect(config).toMatchObject({ servicePort: 8061, bindHost: '127.0.0.1', maxHeaders: 7, keepAliveMs: 72_000 });
  });

  test('every default is allowed', () => {
    for (const [name, setting] of Object.entries(settings)) {
      if (setting.default !== undefined) {
        expect(() => readConfig([name as SettingName], {}), name).not.toThrow();
      }
    }
  });

  test.each([
    ['SERVICE_PORT', '0'],
    ['SERVICE_PORT', '65536'],
    ['SERVICE_PORT', '80x'],
    ['SERVICE_PORT', '-1'],
    ['SERVICE_PORT', '8e3'],
    ['FLOTILLA_LOG_LEVEL', 'loud'],
    ['FLOTILLA_REQUEST_TIMEOUT_MS', '0'],
    ['FLOTILLA_UPSTREAM_IDLE_MS', '72000'],
  ])('%s=%s is refused in one line that names the variable and the value', (name, value) => {
    const told = message({ ...required, [name]: value });
    expect(told).toContain(name);
    expect(told).toContain(value);
  });

  test.each([
    ['SERVICE1_INSTANCES', ''],
    ['SERVICE1_INSTANCES', 'a:1,a:1'],
    ['SERVICE1_INSTANCES', 'a:65536'],
    ['SERVICE1_INSTANCES', 'a:0'],
    ['FLOTILLA_STRATEGY', 'best'],
    ['FLOTILLA_MAX_IN_FLIGHT', '0'],
    ['FLOTILLA_HEALTH_FALL', '0'],
    ['FLOTILLA_EJECT_MS', '400000'],
    ['FLOTILLA_BACK_OFF_MS', '300'],
  ])('a balancer told %s=%j names the variable, the value and what is allowed, in one line', (name, value) => {
    const env = { ...required, SERVICE1_INSTANCES: 'a:1', [name]: value };
    let told = '';
    try {
      readConfig(
        [
          'servicePort',
          'service1Instances',
          'strategy',
          'maxInFlight',
          'healthFall',
          'ejectMs',
          'ejectMaxMs',
          'backOffMs',
          'maxBackOffMs',
        ],
        env,
      );
    } catch (error) {
      told = (error as Error).message;
    }
    expect(told).toMatch(new RegExp(`^${name}=.*${value}.* is not allowed; it takes .+`));
    expect(told).not.toContain('\n');
  });

  test('a secret that is refused is not told', () => {
    expect(() => readConfig(['adminToken'], { FLOTILLA_ADMIN_TOKEN: 'too-short' })).toThrow(
      /^FLOTILLA_ADMIN_TOKEN=\(hidden\)/,
    );
  });

  test('one that is missing is named', () => {
    expect(message({})).toMatch(/^SERVICE_PORT is not set/);
  });

  test('an unknown variable of the project is refused, one of another process is not', () => {
    expect(message({ ...required, FLOTILLA_MAX_HEADRES: '7' })).toContain('FLOTILLA_MAX_HEADRES');
    expect(() => readConfig(appSettings, { ...required, FLOTILLA_MAX_WORD_BYTES: 'of another' })).not.toThrow();
  });
});

describe('lists of addresses', () => {
  const instances = (value: string) => readConfig(['service1Instances'], { SERVICE1_INSTANCES: value });

  test('name:port, and name:port=host:port where the name is not what one dials', () => {
    expect(instances('service1a:8051, service1b:8055=[::1]:18055').service1Instances).toEqual([
      { key: 'service1a:8051', host: 'service1a', port: 8051 },
      { key: 'service1b:8055', host: '[::1]', port: 18055 },
    ]);
  });

  test.each(['', ',', 'a', 'a:0', 'a:70000', 'a:1,a:1', 'a:1=b', 'http://a:1', 'a b:1'])('%j is refused', (value) => {
    expect(message({ SERVICE1_INSTANCES: value }, ['service1Instances'])).toContain('SERVICE1_INSTANCES');
  });

  test('URLs, several separated by commas', () => {
    const { service2Url } = readConfig(['service2Url'], { SERVICE2_URL: 'http://a:8062,http://b' });
    expect(service2Url).toEqual([
      { key: 'a:8062', host: 'a', port: 8062 },
      { key: 'b', host: 'b', port: 80 },
    ]);
  });

  test.each(['a:8062', 'https://a', 'http://a/path', 'http://u@a', 'http://a,http://a'])(
    '%j is no such URL',
    (value) => {
      expect(message({ SERVICE2_URL: value }, ['service2Url'])).toContain('SERVICE2_URL');
    },
  );
});
