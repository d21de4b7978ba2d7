import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { enqueuedWords, resumedWords } from '../../../src/cli/follow/fleet-answers.ts';

const run = { runId: 'r1', out: 's3://results', shards: 12 };
const report = 's3://results/r1/report.html';
const follow = 'Follow with: eigenfleet watch r1 --out s3://results';

describe('the answer of enqueue', () => {
  const words = (added: number, done = 0, failed: number[] = [], at?: string): string =>
    enqueuedWords({ ...run, enqueued: { added, done, failed }, report: at });

  it('says what is new and what became of the rest', () => {
    assert.equal(words(12), `12 of 12 shards enqueued. ${follow}`);
    assert.equal(words(2, 3), `2 of 12 shards enqueued, 3 done, 7 waiting or running. ${follow}`);
  });

  it('names the shards that failed for good, and how to try them again', () => {
    const remedy = '`eigenfleet resume r1 --retry-failed --out s3://results` retries';
    assert.equal(
      words(0, 11, [4]),
      `0 of 12 shards enqueued, 11 done, 1 failed for good. ${follow}\nShard 4 failed for good: ${remedy} it.`,
    );
    const ten = Array.from({ length: 10 }, (_, shard) => shard);
    assert.ok(
      words(0, 2, ten).endsWith(
        `\nShards 0, 1, 2, 3, 4, 5, 6, 7 and 2 more failed for good: ${remedy} them.`,
      ),
    );
  });

  it('says of a closed run where its report is', () => {
    assert.equal(words(0, 12, [], report), `Run r1 is already closed: its report is ${report}`);
    assert.match(words(0, 11, [4], report), /report\.html\nShard 4 failed for good/);
  });
});

describe('the answer of resume', () => {
  const result = { total: 6, done: 5, failed: 0, added: 1, settled: false, closed: false };
  const words = (more: Partial<typeof result>): string =>
    resumedWords({ ...run, report, result: { ...result, ...more } });

  it('says how far the run is and what was added', () => {
    assert.equal(
      words({}),
      '5 of 6 shards are done, 0 failed, 1 job was added: the fleet continues.',
    );
    assert.match(words({ added: 3 }), /3 jobs were added/);
    assert.match(words({ done: 6, added: 0, settled: true }), /the summary follows/);
  });

  it('says of a closed run where its report is, and how to try again what failed', () => {
    const closed = { added: 0, settled: true, closed: true };
    assert.equal(words({ ...closed, done: 6 }), `Run r1 is closed: its report is ${report}`);
    assert.equal(
      words({ ...closed, failed: 1 }),
      `Run r1 is closed: its report is ${report}\n1 shard failed for good: \`eigenfleet resume r1 --retry-failed --out s3://results\` retries it.`,
    );
  });
});
