import assert from 'node:assert/strict';
import { test } from 'node:test';
import { manyImages, onlyRun, quickModel, startFleet, type TestFleet } from '../support/fleet.ts';
import { tempDir } from '../support/temp-dir.ts';

const images = 12;

/** Three shards. */
async function enqueue(fleet: TestFleet, source: string): Promise<string> {
  const out = tempDir();
  const options = ['--shard-size', '4', '--overlays', 'none', '--conf', '0.05'];
  const places = [...quickModel, '-i', source, '-o', out];
  await fleet.enqueue([...places, ...options]);
  return out;
}

/** What `status` says: state, shards done, whether Redis holds the run cancelled; and how many shards of all runs wait. */
async function statusOf(fleet: TestFleet, out: string) {
  const { code, stdout, stderr } = await fleet.cli(['status', '-o', out, '--json']);
  assert.equal(code, 0, stderr);
  const { state, counters, queue } = JSON.parse(stdout);
  return { run: [state, counters.done, counters.cancelled], waiting: queue.waiting };
}

async function endsWhole(fleet: TestFleet, out: string): Promise<void> {
  const { store, runId } = await onlyRun(out);
  const { code, summary } = await fleet.follow(store, runId);
  assert.equal(code, 0);
  assert.equal(summary.counts.explained, images);
}

test('the same run in three places at once is processed in two, and stays cancelled in the third', async () => {
  const fleet = await startFleet();
  const source = await manyImages(images);
  const outs: string[] = [];
  for (let place = 0; place < 3; place++) outs.push(await enqueue(fleet, source));
  const ids = await Promise.all(outs.map(async (out) => (await onlyRun(out)).runId));
  assert.equal(new Set(ids).size, 1);
  const [here = '', there = '', cancelled = ''] = outs;
  assert.equal((await fleet.cli(['cancel', '-o', cancelled])).code, 0);
  assert.deepEqual(await statusOf(fleet, here), { run: ['open', 0, false], waiting: 9 });
  assert.deepEqual((await statusOf(fleet, cancelled)).run, ['cancelled', 0, true]);
  await fleet.worker();
  await fleet.coordinator(here);
  await Promise.all([endsWhole(fleet, here), endsWhole(fleet, there)]);
  assert.deepEqual((await statusOf(fleet, there)).run, ['closed', 3, false]);
  assert.deepEqual((await statusOf(fleet, cancelled)).run, ['cancelled', 0, true]);
});
