import { describe, expect, test } from 'vitest';
import { renderConfig } from '../src/print-config.js';

describe('what a process would run with', () => {
  const names = ['servicePort', 'strategy', 'adminToken', 'logLevel'] as const;
  const env = { FLOTILLA_STRATEGY: 'random', FLOTILLA_ADMIN_TOKEN: 'must-not-be-printed' };
  const told = renderConfig(names, env, { servicePort: '8061' });

  test('every setting with its value, where it comes from, and why it is there', () => {
    expect(told.split('\n')).toHaveLength(names.length + 1);
    expect(told).toMatch(/^SERVICE_PORT=8061 +# default of this process, port: Where the process listens/m);
    expect(told).toMatch(/^FLOTILLA_STRATEGY=random +# environment, name: How an instance is chosen/m);
    expect(told).toMatch(/^FLOTILLA_LOG_LEVEL=info +# default, level: /m);
  });

  test('a secret is not shown', () => {
    expect(told).toContain('FLOTILLA_ADMIN_TOKEN=(set)');
    expect(told).not.toContain('must-not-be-printed');
  });
});
