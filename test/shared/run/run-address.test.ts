import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shardJobId, shardJobSchema, summaryJobId } from '../../../src/shared/queue/shard-job.ts';
import { runKeyOf } from '../../../src/shared/run/places/run-address.ts';
import { openStore } from '../../../src/shared/storage/open-store.ts';

const runId = `${'n'.repeat(40)}-0123456789ab`;

function addressIn(place: string) {
  return { out: openStore(place).uri, runId };
}

test('a place is the same however it is written, and differs from every other', () => {
  const key = runKeyOf(addressIn('s3://results/audits'));
  assert.match(key, new RegExp(`^${runId}-[\\w-]{6}$`));
  assert.equal(runKeyOf(addressIn('s3://results/audits/')), key);
  assert.equal(runKeyOf(addressIn('./audits/')), runKeyOf(addressIn('audits')));
  const others = ['s3://results', 's3://results/audits-2', 's3://other/audits', 'audits'];
  assert.equal(new Set([key, ...others.map((place) => runKeyOf(addressIn(place)))]).size, 5);
});

test('job ids are such as BullMQ takes, and a job at its longest stays under 500 bytes', () => {
  const run = { out: `s3://results/${'p'.repeat(287)}`, runId };
  const job = shardJobSchema.parse({ v: 1, ...run, shard: 39_062 });
  assert.match(shardJobId(job), /^n[\w-]+-s39062$/);
  assert.match(summaryJobId(run), /^n[\w-]+-summary$/);
  assert.ok(JSON.stringify(job).length < 500);
});
