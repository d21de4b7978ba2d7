import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { serialize } from 'node:v8';
import { createTally, imagesBelow } from '../src/producer/dataset/sample-listing.ts';
import { freezeRun } from '../src/producer/plan/freeze-run.ts';
import { listDataset } from '../src/producer/plan/listed-dataset.ts';
import { writePlan } from '../src/producer/plan/write-plan.ts';
import { enqueueRun } from '../src/producer/queue/enqueue-run.ts';
import { availableThreads } from '../src/shared/host/threads/cpu-quota.ts';
import { FleetQueues } from '../src/shared/queue/fleet-queues.ts';
import { connectRedis } from '../src/shared/queue/redis-connection.ts';
import type { RunSpec } from '../src/shared/run/run-spec.ts';
import { FolderStore } from '../src/shared/storage/folder-store.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { makeImageFiles } from './support/image-files.ts';
import { machineLines } from './support/machine.ts';
import { recordAnswer } from './support/recorded-answer.ts';
import type { WorkerMessage } from './support/simulated-worker.ts';

/*
 * A fleet of 1 to 16 worker processes on one machine, each with an accelerator of its own that waits so many milliseconds an image and costs no
 * CPU. All else is real: Redis, the queue, reading and decoding the files (320 x 240 JPEG at 320 px), maps, measures, and what is written. Each fleet works off
 * the same images, from the first job in the queue to the last marker; its workers have warmed up. Efficiency is the rate over that of as many single workers. The cores end
 * where the fleet takes all of them: `CPU` is the workers' own, `machine` includes everybody else on it.
 *
 *   node dist/bench/scaling.js [images] [ms an image, ...]
 */
const images = Number(process.argv[2] ?? 2048);
const waits = (process.argv[3] ?? '5,40').split(',').map(Number);
const fleets = [1, 2, 4, 8, 16];
const shardSize = 16;
const model = 'examples/blood-cells/bccd-yolov8n.onnx';
const program = fileURLToPath(new URL('./support/simulated-worker.js', import.meta.url));

console.log(machineLines().join('\n'));
console.log(`images    ${images} distinct files, shards of ${shardSize}; maps on, overlays off`);
const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-bench-'));
const server = await startRedis();
const connection = connectRedis({ url: server.url, cluster: false }, 'enqueue');
const queues = new FleetQueues(connection);
const source = new FolderStore(join(folder, 'images'));
const recorded = join(folder, 'recorded');
try {
  await makeImageFiles({ folder: join(folder, 'images'), count: images, width: 320, height: 240 });
  const [first = ''] = (await readdir(join(folder, 'images'))).sort();
  const image = join(folder, 'images', first);
  const made = await recordAnswer({ model, image, images });
  await writeFile(recorded, serialize(made));
  for (const waitMs of waits) await measure(made.spec, image, waitMs);
} finally {
  await queues.close();
  connection.disconnect();
  await server.close();
  await rm(folder, { recursive: true, force: true });
}

async function measure(spec: RunSpec, image: string, waitMs: number): Promise<void> {
  console.log(
    `\n${waitMs} ms an image\nworkers   images/s   efficiency   CPU of ${availableThreads()}   machine`,
  );
  let single = 0;
  for (const workers of fleets) {
    const { rate, cores, machine } = await runFleet({ spec, image, waitMs, workers });
    if (workers === 1) single = rate;
    const efficiency = (rate / (workers * single)).toFixed(3);
    const numbers = [rate.toFixed(1).padStart(10), efficiency.padStart(12)];
    const load = [cores.toFixed(2).padStart(10), `${(machine * 100).toFixed(0)} %`.padStart(9)];
    console.log(`${String(workers).padEnd(8)} ${[...numbers, ...load].join(' ')}`);
  }
}

interface Fleet {
  readonly spec: RunSpec;
  readonly image: string;
  readonly waitMs: number;
  readonly workers: number;
}

async function runFleet({ spec, image, waitMs, workers }: Fleet) {
  const out = new FolderStore(join(folder, `out-${waitMs}-${workers}`));
  const dataset = await listDataset(imagesBelow('', source.list(''), createTally()));
  const plan = freezeRun({
    ...{ model: spec.model, targetLayers: spec.targetLayers, dataset },
    options: { ...spec.options, shardSize },
    // The id of a run is taken once in the queue: every fleet gets a run of its own.
    source: { source: 'bench', rootUri: source.uri, datasetName: `fleet-${waitMs}-${workers}` },
    ...{ versions: {}, command: 'bench', plannedAt: new Date(0), saidShardSize: undefined },
  });
  const written = await writePlan(out, plan);
  await dataset.close();
  const children = Array.from({ length: workers }, () =>
    fork(program, [server.url, recorded, image, `${waitMs}`]),
  );
  try {
    await Promise.all(children.map((child) => once(child, 'message')));
    const settled = allSettled(children);
    const machineBefore = machineTimes();
    const startedMs = performance.now();
    const request = { queues, store: out, spec: written.spec, priority: 'normal' } as const;
    await enqueueRun({ ...request, created: true });
    const cpuMs = await settled;
    const wallMs = performance.now() - startedMs;
    const machine = busyShare(machineBefore, machineTimes());
    return { rate: (images / wallMs) * 1000, cores: cpuMs / wallMs, machine };
  } finally {
    await Promise.all(children.map(end));
  }
}

/** Resolves to the CPU that all took when every image is in a marker. Rejects when a worker dies. */
function allSettled(children: readonly ChildProcess[]): Promise<number> {
  let done = 0;
  const cpuMs = new Map<ChildProcess, number>();
  return new Promise((resolve, reject) => {
    for (const child of children) {
      child.once('exit', (code) => reject(new Error(`a worker ended with ${code}`)));
      child.on('message', (message: WorkerMessage) => {
        if (message.kind !== 'settled') return;
        cpuMs.set(child, message.cpuMs);
        done += message.images;
        if (done > images) reject(new Error(`${done} images of ${images} were settled`));
        if (done === images) resolve([...cpuMs.values()].reduce((sum, ms) => sum + ms, 0));
      });
    }
  });
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.send('stop', (error) => {
    if (error) child.kill('SIGKILL');
  });
  await gone;
}

/** Milliseconds of all processors, idle and in all. */
function machineTimes(): { idle: number; all: number } {
  const times = cpus().map((cpu) => cpu.times);
  const idle = times.reduce((sum, one) => sum + one.idle, 0);
  const all = times.flatMap((one) => Object.values(one)).reduce((sum, ms) => sum + ms, 0);
  return { idle, all };
}

function busyShare(
  before: ReturnType<typeof machineTimes>,
  after: ReturnType<typeof machineTimes>,
): number {
  return 1 - (after.idle - before.idle) / (after.all - before.all);
}
