import { expect, test } from 'vitest';
import { type Resolver, sharedLookup } from '../src/request/lookup.js';

/** A resolver that answers when it is told to, and remembers what it was asked. */
function heldResolver() {
  const asked: string[] = [];
  const answers: (() => void)[] = [];
  const resolve: Resolver = (hostname, _options, callback) => {
    asked.push(hostname);
    answers.push(() => {
      if (hostname === 'gone') callback(Object.assign(new Error('no such name'), { code: 'ENOTFOUND' }), []);
      else callback(null, '10.0.0.1', 4);
    });
  };
  const answerAll = () => {
    for (const answer of answers.splice(0)) answer();
  };
  return { asked, resolve, answerAll };
}

test('a name is looked up once for all requests that wait for it, and again for the next', () => {
  const { asked, resolve, answerAll } = heldResolver();
  const lookup = sharedLookup(resolve);
  const found: unknown[] = [];
  for (let n = 0; n < 50; n++) lookup('service1a', {}, (_error, address) => found.push(address));
  lookup('gone', {}, (error) => found.push(error?.code));
  expect(asked).toEqual(['service1a', 'gone']);
  answerAll();
  expect(found).toEqual([...Array.from({ length: 50 }, () => '10.0.0.1'), 'ENOTFOUND']);
  lookup('service1a', {}, () => {});
  expect(asked).toEqual(['service1a', 'gone', 'service1a']);
});

test('those who want all addresses are not given one', () => {
  const { asked, resolve } = heldResolver();
  const lookup = sharedLookup(resolve);
  lookup('service1a', { all: true }, () => {});
  lookup('service1a', {}, () => {});
  expect(asked).toHaveLength(2);
});
