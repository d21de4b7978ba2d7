import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadModel } from '../src/model/yolo/load-model.ts';
import { freezeRun } from '../src/producer/plan/freeze-run.ts';
import { listDataset } from '../src/producer/plan/listed-dataset.ts';
import { writePlan } from '../src/producer/plan/write-plan.ts';
import { enqueueRun } from '../src/producer/queue/enqueue-run.ts';
import { FleetQueues } from '../src/shared/queue/fleet-queues.ts';
import { connectRedis } from '../src/shared/queue/redis-connection.ts';
import { shardJobId } from '../src/shared/queue/shard-job.ts';
import { parseManifest } from '../src/shared/run/manifest.ts';
import { objectKeys } from '../src/shared/run/object-keys.ts';
import type { RunSpec } from '../src/shared/run/run-spec.ts';
import type { Sample } from '../src/shared/run/sample.ts';
import { FolderStore } from '../src/shared/storage/folder-store.ts';
import type { ObjectStore } from '../src/shared/storage/object-store.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { machineLines } from './support/machine.ts';
import { PhaseMemory } from './support/phase-memory.ts';
import { seededRandom } from './support/random.ts';
import { benchSpec } from './support/spec.ts';

/*
 * What a producer does with a very large dataset: the listing is planned, every manifest part written to a folder, every shard enqueued in a real
 * Redis (append-only file on). The images are listed by a seeded generator and need not exist. Afterwards jobs and manifests are
 * counted, and the first and the last of each are compared with what was listed.
 *
 *   node dist/bench/enqueue.js [images]
 */
const images = Number(process.argv[2] ?? 10_000_000);
/** As `imagesBelow` has them. */
const pageSize = 64;
const model = 'examples/blood-cells/bccd-yolov8n.onnx';

/** Keys in the order of their bytes, as S3 lists them: `camera-03/2026-01-17/0000123456.jpg`, etags as S3 has them. */
async function* listing(): AsyncGenerator<readonly Sample[]> {
  const random = seededRandom(7);
  for (let n = 0; n < images; ) {
    const page: Sample[] = [];
    for (; page.length < pageSize && n < images; n++) page.push(sampleAt(n, random));
    yield page;
  }
}

function sampleAt(n: number, random: () => number): Sample {
  const digits = String(n).padStart(10, '0');
  const hash = Math.floor(random() * 2 ** 32).toString(16);
  return {
    key: `shots/batch-${digits.slice(0, 5)}/${digits}.jpg`,
    sizeBytes: 50_000 + Math.floor(random() * 200_000),
    etag: `"${hash.padStart(8, '0')}${hash.padStart(8, '0')}${digits}a5f00c"`,
  };
}

console.log(machineLines().join('\n'));
console.log(`images    ${images.toLocaleString('en')}, listed by a generator\n`);
const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-bench-'));
const server = await startRedis({ dir: folder });
const connection = connectRedis({ url: server.url, cluster: false }, 'enqueue');
const queues = new FleetQueues(connection);
try {
  await measure(new FolderStore(join(folder, 'out')));
} finally {
  await queues.close();
  connection.disconnect();
  await server.close();
  await rm(folder, { recursive: true, force: true });
}

async function measure(store: ObjectStore): Promise<void> {
  const loaded = await loadModel(model, { overrides: {} });
  const made = benchSpec(loaded, images);
  await queues.shards.waitUntilReady();
  const redisBefore = await usedMemory();
  const memory = new PhaseMemory(images);
  const started = now();
  const dataset = await listDataset(listing(), {
    onProgress: (listed) => memory.note('list', listed),
  });
  const plan = freezeRun({
    ...{ model: made.model, targetLayers: made.targetLayers, options: made.options, dataset },
    source: { source: 'bench', rootUri: 's3://bench/images', datasetName: 'bench' },
    ...{ versions: {}, command: 'bench', plannedAt: new Date(0), saidShardSize: undefined },
  });
  const listed = now();
  const { spec } = await writePlan(store, plan);
  memory.note('write', images);
  await dataset.close();
  const written = now();
  const { shards } = spec.dataset;
  let sent = 0;
  const noting: Pick<FleetQueues, 'addShards' | 'addMissingShards' | 'ensureShard'> = {
    addShards: async (jobs, priority) => {
      await queues.addShards(jobs, priority);
      sent += jobs.length;
      memory.note('enqueue', (sent / shards) * images);
    },
    addMissingShards: (jobs, priority) => queues.addMissingShards(jobs, priority),
    ensureShard: (job, priority, retryFailed) => queues.ensureShard(job, priority, retryFailed),
  };
  const request = { queues: noting, store, spec, priority: 'bulk', created: true } as const;
  await enqueueRun(request);
  const ended = now();
  const redisBytes = (await usedMemory()) - redisBefore;
  const peakMegabytes = memory.peakMegabytes();
  await check(store, spec);
  const seconds = (from: Moment, to: Moment, aim = ''): string =>
    `${((to.wallMs - from.wallMs) / 1000).toFixed(1)} s${aim}, of which CPU ${((to.cpuMs - from.cpuMs) / 1000).toFixed(1)} s`;
  console.log(memory.table());
  console.log(`
list and plan  ${seconds(started, listed)}
manifests      ${seconds(listed, written)}, ${shards.toLocaleString('en')} parts
enqueue        ${seconds(written, ended)}, ${shards.toLocaleString('en')} jobs
in all         ${seconds(started, ended, ' (aim < 60)')}
producer       ${peakMegabytes} MB at most (aim < 250)
Redis          ${(redisBytes / images).toFixed(2)} bytes an image (aim < 5), ${(redisBytes / 1e6).toFixed(1)} MB
checked        the number of jobs and manifests; the first and the last of each`);
}

interface Moment {
  readonly wallMs: number;
  readonly cpuMs: number;
}

function now(): Moment {
  const { user, system } = process.cpuUsage();
  return { wallMs: performance.now(), cpuMs: (user + system) / 1000 };
}

async function usedMemory(): Promise<number> {
  const info = await connection.info('memory');
  return Number(/used_memory:(\d+)/.exec(info)?.[1]);
}

/** Throws where what is stored is not what was listed. */
async function check(store: ObjectStore, { runId, dataset, options }: RunSpec): Promise<void> {
  const { shards } = dataset;
  const { waiting } = await queues.counts();
  let parts = 0;
  for await (const _ of store.list(objectKeys.manifests(runId))) parts += 1;
  expect('waiting jobs', waiting, shards);
  expect('manifest parts', parts, shards);
  for (const shard of [0, shards - 1]) {
    const job = await queues.shards.getJob(shardJobId({ out: store.uri, runId, shard }));
    const data = JSON.stringify({ v: 1, out: store.uri, runId, shard });
    expect(`job of shard ${shard}`, JSON.stringify(job?.data), data);
  }
  const part = async (shard: number): Promise<Sample[]> =>
    parseManifest((await store.get(objectKeys.manifest(runId, shard)))!);
  const [firstPart, lastPart] = [await part(0), await part(shards - 1)];
  const random = seededRandom(7);
  let last = sampleAt(0, random);
  expect('first image', JSON.stringify(firstPart[0]), JSON.stringify(last));
  for (let n = 1; n < images; n++) last = sampleAt(n, random);
  expect('last image', JSON.stringify(lastPart.at(-1)), JSON.stringify(last));
  const rest = images - (shards - 1) * options.shardSize;
  expect('images of the last shard', lastPart.length, rest);
}

function expect(what: string, found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`${what}: expected ${wanted}, found ${found}`);
}
