import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { addWorkerOptions, parseWorkerOptions } from '../../src/cli/worker-options.ts';

function parse(...args: string[]) {
  const command = addWorkerOptions(new Command()).parse(args, { from: 'user' });
  return parseWorkerOptions(command.opts());
}

test('the cache of models of a worker takes 8 GiB, or what is said', () => {
  assert.equal(parse().modelCacheBytes, 8 * 1024 ** 3);
  assert.equal(parse('--model-cache-bytes', '2e9').modelCacheBytes, 2_000_000_000);
});

test('a value of a worker that cannot be is refused by its flag', () => {
  for (const bytes of ['0', '1.5', '8GiB']) {
    const refused = { code: 'usage', message: /^--model-cache-bytes: / };
    assert.throws(() => parse('--model-cache-bytes', bytes), refused, bytes);
  }
  assert.throws(() => parse('--grace', '0'), { code: 'usage', message: /^--grace: / });
});
