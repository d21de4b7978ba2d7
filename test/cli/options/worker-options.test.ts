import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Command } from 'commander';
import { placesOf } from '../../../src/cli/options/place-options.ts';
import { addWorkerOptions, parseWorkerOptions } from '../../../src/cli/options/worker-options.ts';
import { runCli } from '../../support/cli.ts';

function parse(...args: string[]) {
  const command = addWorkerOptions(new Command()).parse(args, { from: 'user' });
  return parseWorkerOptions(command.opts());
}

test('the cache of models of a worker takes 8 GiB, or what is said', () => {
  assert.equal(parse().modelCacheBytes, 8 * 1024 ** 3);
  assert.equal(parse('--model-cache-bytes', '2e9').modelCacheBytes, 2_000_000_000);
});

test('a value of a worker that cannot be is refused: what is wanted, what was given', () => {
  const count = 'a whole number of 1 or more';
  const time = 'a number of seconds above 0, up to 1000000';
  const cases: readonly (readonly [flag: string, value: string, wanted: string])[] = [
    ['--model-cache-bytes', '0', count],
    ['--model-cache-bytes', '1.5', count],
    ['--model-cache-bytes', '8GiB', count],
    ['--threads', 'all', 'a whole number from 1 to 1024'],
    ['--threads', '5000', 'a whole number from 1 to 1024'],
    ['--batch', '', count],
    ['--concurrency', 'abc', 'a whole number from 1 to 64'],
    ['--concurrency', '65', 'a whole number from 1 to 64'],
    ['--http-port', '99999', 'a whole number from 0 to 65535'],
    ['--grace', '', 'a number of seconds from 0 to 1000000'],
    ['--grace', '1e9', 'a number of seconds from 0 to 1000000'],
    ['--lock-seconds', '0', time],
    ['--stalled-seconds', 'x', time],
  ];
  for (const [flag, value, wanted] of cases) {
    const message = `${flag} must be ${wanted}, not "${value}".`;
    assert.throws(() => parse(flag, value), { code: 'usage', message });
  }
});

test('a worker lets results go anywhere, unless it is told where', () => {
  assert.equal(parse().allowOut, undefined);
  assert.deepEqual(parse('--allow-out', 's3://a', 's3://b').allowOut, ['s3://a', 's3://b']);
});

test('a worker that is told only where results may go reads from the same buckets', async () => {
  const { outs, ins } = placesOf(parse('--allow-out', 's3://a/results'));
  assert.deepEqual(await Promise.all(['s3://a/results', 's3://a/x'].map((at) => outs.has(at))), [
    true,
    false,
  ]);
  assert.deepEqual(await Promise.all(['s3://a/x', 's3://b'].map((at) => ins.has(at))), [
    true,
    false,
  ]);
  const said = placesOf(parse('--allow-out', 's3://a', '--allow-in', 's3://b', '/data'));
  assert.deepEqual(await Promise.all(['s3://a', 's3://b/x'].map((at) => said.ins.has(at))), [
    false,
    true,
  ]);
  assert.equal(await placesOf(parse()).ins.has('s3://any'), true);
});

test('a worker may be told to hand its shards back at once', () => {
  assert.equal(parse('--grace', '0').grace, 0);
});

test('the coordinator and the dashboard blame the one option that cannot be', async () => {
  const cases: readonly (readonly [args: readonly string[], sentence: string])[] = [
    [
      ['coordinator', '--sweep-seconds', 'x'],
      '--sweep-seconds must be a number of seconds above 0, up to 1000000, not "x".',
    ],
    [
      ['coordinator', '--allow-in', 'https://x'],
      'https:// is not supported as storage. Use a folder path, or a file:// or s3:// address.',
    ],
    [['dashboard', '--port', '-1'], '--port must be a whole number from 0 to 65535, not "-1".'],
  ];
  for (const [args, sentence] of cases) {
    const { code, stderr } = await runCli(args);
    assert.deepEqual([code, stderr], [2, `error: ${sentence}\n`]);
  }
});
