import { both, type Setting, setting } from './setting.js';
import { integer, oneOf, text } from './setting-types.js';
import { stageSettings } from './settings-of-stages.js';

/** What a process is: where it listens, its name, and what it calls. */
export const processSettings = {
  servicePort: setting(
    'SERVICE_PORT',
    integer(1, 65_535),
    undefined,
    'port',
    both,
    'Where the process listens. Its default is its port in the topology: a service alone stands on its stage’s port.',
  ),
  bindHost: setting(
    'BIND_HOST',
    text(1, 255),
    '127.0.0.1',
    'address',
    both,
    'The address it listens on. Only this machine can call it unless this says otherwise; 0.0.0.0 in containers.',
  ),
  instanceId: setting(
    'INSTANCE_ID',
    text(1, 32, /^[A-Za-z0-9._-]+$/, 'letters, digits, dot, underscore or hyphen'),
    'a',
    'name',
    both,
    'Which instance this is: service1 + a makes service1a in logs, metrics and x-served-by. The second balancer of a stage is 2; a balancer’s default is 1.',
  ),
  ...stageSettings,
  adminToken: setting(
    'FLOTILLA_ADMIN_TOKEN',
    text(0, 128, /^$|^[\x21-\x7e]{16,}$/, 'none, or at least 16 visible characters of ASCII'),
    '',
    'token',
    ['balancer'],
    'Opens the admin routes, which change strategy and weights, drain and undrain, to clients that send it as a bearer token. None: there are no such routes.',
  ),
  logLevel: setting(
    'FLOTILLA_LOG_LEVEL',
    oneOf('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info',
    'level',
    both,
    'info is one line per request.',
  ),
} as const satisfies Record<string, Setting>;
