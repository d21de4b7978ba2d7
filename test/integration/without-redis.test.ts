import assert from 'node:assert/strict';
import { test } from 'node:test';
import { objectKeys } from '../../src/shared/run/object-keys.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import { runCli, startCli } from '../support/cli.ts';
import { madeSpec } from '../support/made-run.ts';
import { tempDir } from '../support/temp-dir.ts';

/** Nothing listens there. */
const redis = ['--redis', 'redis://127.0.0.1:1'];

/** A results folder with a run of ten images of which nothing is explained yet. */
async function plannedRun(): Promise<{ out: string; runId: string }> {
  const out = tempDir();
  const spec = madeSpec({ images: 10, shardSize: 4 });
  const store = openStore(out);
  const encode = (text: string) => new TextEncoder().encode(text);
  await store.put(objectKeys.run(spec.runId), encode(JSON.stringify(spec)));
  // A run without the last of its manifests is set aside.
  await store.put(objectKeys.manifest(spec.runId, 2), encode('{}'));
  return { out, runId: spec.runId };
}

test('status says without Redis what storage has, and that Redis is away', async () => {
  const { out, runId } = await plannedRun();
  const { code, stdout, stderr } = await runCli(['status', 'latest', '-o', out, ...redis]);
  assert.equal(code, 0, stderr);
  assert.match(stdout, new RegExp(`^${runId} in .*: open\n0 of 3 shards, 0 of 10 images\n$`));
  assert.match(stderr, /Redis is away \(no connection\): this is what storage has/);
  const json = await runCli(['status', 'latest', '-o', out, '--json', ...redis]);
  const { state, counters, workers, ...status } = JSON.parse(json.stdout);
  assert.deepEqual([state, counters.done, status.redis, workers], ['open', 0, 'away', undefined]);
});

test('the dashboard lists the runs without Redis, says so, and ends in good order', async () => {
  const { out, runId } = await plannedRun();
  const cli = startCli(['dashboard', '-o', out, '--port', '0', ...redis]);
  const url = await cli.line(/^http:/);
  await cli.line(/Redis is away: waiting for it/);
  const page = await (await fetch(url)).text();
  assert.ok(page.includes(runId));
  assert.match(page, /Redis is away \(redis:.*ECONNREFUSED.*\): the progress of runs is unknown/);
  const queues = await fetch(`${url}/queues/api/queues`);
  assert.equal(queues.status, 503);
  assert.match(await queues.text(), /"error":"Redis is away/);
  cli.kill('SIGTERM');
  const { code, stderr } = await cli.result;
  assert.equal(code, 0, stderr);
});

test('commands that need Redis end with code 8, and watch waits for it as long as it is told', async () => {
  const { out } = await plannedRun();
  for (const verb of ['cancel', 'resume']) {
    const { code, stderr } = await runCli([verb, 'latest', '-o', out, ...redis]);
    assert.equal(code, 8, stderr);
  }
  const watch = await runCli(['watch', 'latest', '-o', out, '--patience', '1s', ...redis]);
  assert.equal(watch.code, 8, watch.stderr);
  assert.match(watch.stderr, /Redis is away, waiting for it up to .*: no connection/);
});
