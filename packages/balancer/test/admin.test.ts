import { describe, expect, test } from 'vitest';
import { balancer, echo } from './fixtures.js';

const TOKEN = 'a-token-of-sixteen-characters';

async function administered() {
  const made = await balancer([await echo('a'), await echo('b')], { FLOTILLA_ADMIN_TOKEN: TOKEN });
  const ask = async (method: string, path: string, body?: unknown, token = TOKEN) => {
    const response = await fetch(made.url + path, {
      method,
      headers: { authorization: `Bearer ${token}`, ...(body ? { 'content-type': 'application/json' } : {}) },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    return { status: response.status, headers: response.headers, body: (await response.json()) as never };
  };
  return { ...made, ask };
}

describe('changing a balancer at run time', () => {
  test('there are no such routes without a token', async () => {
    const { url } = await balancer([await echo('a')]);
    expect((await fetch(`${url}/admin`, { headers: { authorization: 'Bearer ' } })).status).toBe(404);
  });

  test('a client with another token, or none, is refused, and nothing changes', async () => {
    const { ask, url, stats } = await administered();
    for (const token of ['', 'another', `${TOKEN}x`]) {
      const { status, headers, body } = await ask('POST', '/admin/instances/a:1/drain', undefined, token);
      expect(status).toBe(401);
      expect(headers.get('www-authenticate')).toContain('Bearer');
      expect(body).toMatchObject({ code: 'FLT_UNAUTHORIZED' });
    }
    expect((await fetch(`${url}/admin`)).status).toBe(401);
    expect((await stats()).stats['a:1']?.state).toBe('usable');
  });

  test('drain: no new requests there; undrain: some again', async () => {
    const { ask, post, stats } = await administered();
    expect((await ask('POST', '/admin/instances/a:1/drain')).body).toMatchObject({ state: 'draining' });
    for (let n = 0; n < 4; n++) expect(await (await post('{}')).json()).toMatchObject({ name: 'b' });
    expect((await ask('POST', '/admin/instances/a%3A1/undrain')).body).toMatchObject({ state: 'slow_start' });
    for (let n = 0; n < 40; n++) await (await post('{}')).text();
    expect((await stats()).stats['a:1']?.requests).toBeGreaterThan(0);
  });

  test('with all instances drained no instance is asked, and the client is told', async () => {
    const { ask, post } = await administered();
    for (const name of ['a:1', 'b:1']) await ask('POST', `/admin/instances/${name}/drain`);
    expect((await post('{}')).status).toBe(503);
  });

  test('the type of a body may have its parameters between quotes', async () => {
    const { url } = await administered();
    const response = await fetch(`${url}/admin/strategy`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json; charset="utf-8"' },
      body: '{"strategy":"weighted_round_robin"}',
    });
    expect(response.status).toBe(200);
  });

  test('strategy and weight', async () => {
    const { ask, post, stats } = await administered();
    expect((await ask('PUT', '/admin/strategy', { strategy: 'weighted_round_robin' })).body).toMatchObject({
      strategy: 'weighted_round_robin',
    });
    expect((await ask('PUT', '/admin/instances/a:1/weight', { weight: 3 })).body).toMatchObject({ weight: 3 });
    for (let n = 0; n < 40; n++) await (await post('{}')).text();
    const { stats: counts } = await stats();
    expect([counts['a:1']?.requests, counts['b:1']?.requests]).toEqual([30, 10]);
  });

  test.each([
    ['PUT', '/admin/strategy', { strategy: 'best' }, 400, 'FLT_INVALID_REQUEST'],
    ['PUT', '/admin/strategy', undefined, 400, 'FLT_INVALID_JSON'],
    ['PUT', '/admin/instances/a:1/weight', { weight: 0 }, 400, 'FLT_INVALID_REQUEST'],
    ['PUT', '/admin/instances/a:1/weight', { weight: 1, more: 2 }, 400, 'FLT_INVALID_REQUEST'],
    ['PUT', '/admin/instances/c:1/weight', { weight: 1 }, 404, 'FLT_INSTANCE_NOT_FOUND'],
    ['POST', '/admin/instances/c:1/drain', undefined, 404, 'FLT_INSTANCE_NOT_FOUND'],
    ['DELETE', '/admin/strategy', undefined, 405, 'FLT_METHOD_NOT_ALLOWED'],
  ])('%s %s %j: %i %s', async (method, path, body, status, code) => {
    const { ask } = await administered();
    expect(await ask(method, path, body)).toMatchObject({ status, body: { code } });
  });
});
