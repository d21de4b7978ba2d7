import { readFile } from 'node:fs/promises';
import { deserialize } from 'node:v8';
import { availableThreads } from '../../src/shared/host/threads/cpu-quota.ts';
import { FleetQueues } from '../../src/shared/queue/fleet-queues.ts';
import { connectRedis } from '../../src/shared/queue/redis-connection.ts';
import { watchRedis } from '../../src/shared/queue/redis-watch.ts';
import { RunProgress } from '../../src/shared/queue/run-counters.ts';
import { openStore } from '../../src/shared/storage/open-store.ts';
import { createLogger } from '../../src/shared/telemetry/logger.ts';
import { Explainer } from '../../src/worker/explain/explainer.ts';
import { pixelThreadsOf } from '../../src/worker/explain/pixel-pool.ts';
import { StageTimer } from '../../src/worker/explain/stage-timer.ts';
import { FleetWorker } from '../../src/worker/queue/fleet-worker.ts';
import { OpenRuns } from '../../src/worker/queue/open-runs.ts';
import { openRedisInFlightNote } from '../../src/worker/queue/redis-in-flight-note.ts';
import { ByteBudget, inFlightBytes } from '../../src/worker/shard/byte-budget.ts';
import type { RecordedAnswer } from './recorded-answer.ts';
import { simulatedInference } from './simulated-inference.ts';

/** What it tells its parent. CPU since it was ready. */
export type WorkerMessage =
  | { readonly kind: 'ready' }
  | { readonly kind: 'settled'; readonly images: number; readonly cpuMs: number };

/*
 * The program of a child process: a worker of the fleet, composed as `src/fleet/worker/run-fleet-worker.ts` does it, with a simulated accelerator in the place
 * of ONNX Runtime. It warms up on an image of its own before it takes jobs.
 *
 *   node simulated-worker.js <redis url> <recorded answer> <image> <ms an image>
 */
const [, , url = '', recordedPath = '', imagePath = '', waitMs = '5'] = process.argv;
const { spec, answer }: RecordedAnswer = deserialize(await readFile(recordedPath));
const threads = pixelThreadsOf(availableThreads());
const explainer = new Explainer(simulatedInference(answer, Number(waitMs)), spec, threads);
const image = await readFile(imagePath);
const warmUp = Array.from({ length: 40 }, () => explainer.explain(image, new StageTimer()));
for (const { status } of await Promise.all(warmUp)) {
  if (status !== 'success') throw new Error(`the warm-up image: ${status}`);
}
const name = `simulated-${process.pid}`;
const logger = createLogger({ level: 'warn', component: 'worker' });
const connection = connectRedis({ url, cluster: false }, 'work');
const queues = new FleetQueues(connection);
const progress = new RunProgress(connection);
const runs = new OpenRuns({
  openStore,
  openImages: async (uri) => openStore(uri),
  onLabelsLeftOut: () => {},
  startExplainer: async () => explainer,
});
await queues.shards.waitUntilReady();
const watch = watchRedis(connection, { url, logger });
watch.start();
const cpuBefore = process.cpuUsage();
const fleet = new FleetWorker({
  ...{ connection, watch, name, logger, concurrency: 2 },
  shutdown: new AbortController(),
  ...{ lockMs: 60_000, stalledIntervalMs: 15_000, graceMs: 10_000 },
  isAllowedOut: async () => true,
  ports: {
    ...{ runs, queues, progress, budget: new ByteBudget(inFlightBytes), storeOptions: {} },
    openNote: (job) => openRedisInFlightNote(connection, job),
    onSample: () => {},
  },
  onTaken: () => {},
  onSettled: () => {},
  onOutcome: (_, outcome) => {
    if (outcome.status !== 'done') throw new Error(`a shard was ${outcome.status}`);
    const { user, system } = process.cpuUsage(cpuBefore);
    const { images } = outcome.marker.statistics;
    tell({ kind: 'settled', images, cpuMs: (user + system) / 1000 });
  },
  onFailedForGood: async (job, reason) => {
    throw new Error(`shard ${job.shard} failed: ${reason}`);
  },
});
tell({ kind: 'ready' });
process.once('message', async () => {
  await fleet.stop();
  await runs.close();
  await queues.close();
  connection.disconnect();
  process.disconnect();
});

function tell(message: WorkerMessage): void {
  process.send?.(message);
}
