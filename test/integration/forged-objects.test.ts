import assert from 'node:assert/strict';
import { mkdir, open, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, it } from 'node:test';
import { Redis } from 'ioredis';
import { FleetQueues } from '../../src/shared/queue/fleet-queues.ts';
import { queuePrefix, type ShardJob } from '../../src/shared/queue/shard-job.ts';
import { runKeyOf } from '../../src/shared/run/places/run-address.ts';
import { resolveRun } from '../../src/shared/run/run-names.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import { startCli } from '../support/cli.ts';
import { manyImages, quickModel, startFleet } from '../support/fleet.ts';
import { madeSpec } from '../support/made-run.ts';
import { tempDir } from '../support/temp-dir.ts';

const spec = madeSpec();

/** Folders of runs that nobody planned, beside the run of the test. */
async function forgeRuns(out: string): Promise<void> {
  const dataset = { ...spec.dataset, shards: 2e9, images: 2e9 };
  const texts = {
    'f-shards': JSON.stringify({ ...spec, runId: 'f-shards', dataset }),
    'f-manifests': JSON.stringify({ ...spec, runId: 'f-manifests' }),
    'f-deep': '['.repeat(2_000_000),
  };
  for (const [runId, text] of Object.entries(texts)) {
    await mkdir(join(out, runId), { recursive: true });
    await writeFile(join(out, runId, 'run.json'), text);
  }
  await mkdir(join(out, 'f-large'));
  const large = await open(join(out, 'f-large/run.json'), 'w');
  await large.truncate(3e9);
  await large.close();
}

/** What anybody with a right to Redis can leave there. */
async function forgeRedis(client: Redis, out: string): Promise<void> {
  const queues = new FleetQueues(client);
  const long = 'x'.repeat(5_000_000);
  const job = { v: 1, out, runId: 'f-shards', shard: 0 } as const;
  const forged = [
    { ...job, shard: 1_073_741_824 },
    { ...job, runId: '../../f' },
    { ...job, runId: long },
    { ...job, out: `${out}/${long}` },
    ...Array.from({ length: 20 }, (_, shard) => ({ ...job, shard })),
  ] as unknown as ShardJob[];
  for (const [n, data] of forged.entries()) {
    await queues.shards.add('shard', data, { jobId: `forged-${n}` });
  }
  await queues.summaries.add('summary', { v: 1, out, runId: 'f-large' }, { jobId: 'forged' });
  await client.sadd(`${queuePrefix}:worker-names`, 'x', 'y', 'z', long);
  await client.set(`${queuePrefix}:worker:x`, '{broken');
  await client.set(`${queuePrefix}:worker:y`, JSON.stringify({ worker: long, images: -1 }));
  await client.hset(`${queuePrefix}:worker:z`, 'no', 'string');
  await client.sadd(`${queuePrefix}:outs`, long, 'https://no.store/x', '');
  await queues.close();
}

it('a forged object costs nobody else anything, and is named', async () => {
  const fleet = await startFleet();
  const out = join(tempDir(), 'out');
  const uri = openStore(out).uri;
  await forgeRuns(out);
  const client = new Redis(fleet.redis.url);
  after(() => client.disconnect());
  await forgeRedis(client, uri);
  const coordinator = await fleet.coordinator(out);
  const worker = await fleet.worker();
  await fleet.enqueue([...quickModel, '-i', await manyImages(3), '-o', out, '--shard-size', '2']);
  const runId = await resolveRun(openStore(out), 'latest');
  await client.hset(`${queuePrefix}:run:${runKeyOf({ out: uri, runId })}:crash:0`, {
    state: '{broken',
    'ab:99999999999': '+',
    'ab:77': '+',
  });
  const { code, summary } = await fleet.follow(openStore(uri), runId);
  assert.deepEqual([code, summary.counts.explained], [0, 3]);

  const status = await fleet.cli(['status', runId, '-o', out]);
  assert.equal(status.code, 0, status.stderr);
  for (const name of ['f-shards', 'f-manifests', 'f-deep', 'f-large']) {
    assert.match(status.stderr, new RegExp(`warning: ${name}/run\\.json in .* cannot be used \\(`));
  }
  const json = JSON.parse((await fleet.cli(['status', '-o', out, '--json'])).stdout);
  assert.deepEqual(json.broken.length, 4);
  assert.equal(json.workers.length, 1);
  const runs = await fleet.cli(['runs', '-o', out]);
  assert.deepEqual([runs.code, runs.stderr.match(/cannot be used/g)?.length], [0, 4]);
  for (const verb of ['status', 'watch', 'resume']) {
    const { code: refused, stderr } = await fleet.cli([verb, 'f-large', '-o', out]);
    assert.equal(refused, 5, stderr);
    assert.match(stderr, /^error: f-large\/run\.json .*larger than 8388608 bytes/);
  }
  assert.equal((await fleet.cli(['cancel', 'f-deep', '-o', out])).code, 0);
  const dashboard = startCli(['dashboard', '-o', out, '--port', '0'], { env: fleet.env });
  const page = await (await fetch(await dashboard.line(/^http/))).text();
  assert.match(page, /f-shards\/run\.json in .* cannot be used/);

  const logs: string[] = [];
  for (const one of [coordinator, worker]) {
    one.kill('SIGTERM');
    const { code: ended, stderr } = await one.result;
    assert.equal(ended, 0, stderr.slice(-2_000));
    logs.push(stderr);
  }
  assert.ok(logs.join('').length < 200_000, `${logs.join('').length} characters of logs`);
  const [ofCoordinator = '', ofWorker = ''] = logs;
  const said = ofCoordinator.match(/f-shards\/run\.json in/g)?.length;
  assert.equal(said, 1, ofCoordinator);
  assert.equal(ofWorker.match(/Its shards are skipped/g)?.length, 1, ofWorker);
  const bitmaps = await client.keys('*f-shards*');
  assert.deepEqual(
    bitmaps.filter((key) => /:(done|failed)$/.test(key)),
    [],
  );
  assert.match(await readFile(join(out, runId, 'report.html'), 'utf8'), /<html/);
});
