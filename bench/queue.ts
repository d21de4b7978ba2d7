import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { visitDoneShards } from '../src/shared/results/done-shards.ts';
import { openRun } from '../src/shared/run/open-run.ts';
import { resolveRun } from '../src/shared/run/run-names.ts';
import { FolderStore } from '../src/shared/storage/folder-store.ts';
import { startRedis } from '../test/support/redis-server.ts';
import type { BuildRun } from './support/build.ts';
import { runCli } from './support/cli-run.ts';
import { startService, stopService } from './support/fleet-service.ts';
import { makeImageFiles } from './support/image-files.ts';
import { machineLines } from './support/machine.ts';
import { median } from './support/median.ts';
import { processCpuMs } from './support/process-cpu.ts';

/*
 * What the queue costs: images per second of a fleet of one worker against `run`, through the command line of both, on the same files, in turns.
 * `shards` counts from the beginning of the first shard to the last marker, by the markers themselves; `all` is the wall time of `run`, and of
 * `enqueue --wait` until its run is summarized, with worker and coordinator up, which includes what `--wait` sleeps between two looks. Each fleet has a worker of its
 * own, which loads the model when the first job comes, as `run` does before its first shard. `cpu` is the CPU time of all their processes but Redis, an
 * image: on a machine whose speed swings it says more than the time on the wall.
 *
 *   node dist/bench/queue.js [images] [repeats]
 */
const images = Number(process.argv[2] ?? 1024);
const repeats = Number(process.argv[3] ?? 3);
const shardSize = '128';
const model = 'examples/blood-cells/bccd-yolov8n.onnx';

interface Rates {
  readonly shards: number;
  readonly all: number;
  /** Milliseconds. */
  readonly cpu: number;
}

console.log(machineLines().join('\n'));
console.log(
  `images    ${images} distinct 640x480 JPEG at 320 px, ${repeats} turns; overlays off\n`,
);
const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-bench-'));
const source = join(folder, 'images');
const alone: Rates[] = [];
const fleet: Rates[] = [];
try {
  await makeImageFiles({ folder: source, count: images, width: 640, height: 480 });
  console.log('turn      run: shards/s    all/s   cpu ms   fleet: shards/s    all/s   cpu ms');
  for (let turn = 0; turn < repeats; turn++) {
    // Whoever goes second finds the files in the system's memory: that goes round too.
    const order = turn % 2 === 0 ? [runAlone, runFleet] : [runFleet, runAlone];
    for (const go of order) await go(turn);
    print(`${turn + 1}`, alone.at(-1)!, fleet.at(-1)!);
  }
  const middle = (rates: readonly Rates[]): Rates => ({
    shards: median(rates.map(({ shards }) => shards)),
    all: median(rates.map(({ all }) => all)),
    cpu: median(rates.map(({ cpu }) => cpu)),
  });
  const [one, many] = [middle(alone), middle(fleet)];
  print('median', one, many);
  // Turn by turn, since the two of a turn were measured within a minute.
  const ratios = fleet.map(({ shards }, turn) => shards / (alone[turn]?.shards ?? Number.NaN));
  const [middling, least, most] = [median(ratios), Math.min(...ratios), Math.max(...ratios)];
  console.log(`
fleet / run   shards: median of the turns ${middling.toFixed(3)} (${least.toFixed(2)} to ${most.toFixed(2)}; aim >= 0.95)
              start, summary and waits included: all ${(many.all / one.all).toFixed(3)}, by CPU time ${(one.cpu / many.cpu).toFixed(3)}`);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function runAlone(turn: number): Promise<void> {
  const out = join(folder, `run-${turn}`);
  const cli = await runCli(['run', ...runArguments(out)]);
  alone.push(await ratesOf(out, cli));
}

async function runFleet(turn: number): Promise<void> {
  const out = join(folder, `fleet-${turn}`);
  // A new one each time: a queue takes the jobs of a run once, and every turn is the same run.
  const server = await startRedis();
  const redis = ['--redis', server.url];
  const cache = ['--model-cache', join(folder, 'cache')];
  const worker = await startService(['worker', ...redis, ...cache, '--device', 'cpu']);
  const coordinator = await startService(['coordinator', ...redis]);
  try {
    const cli = await runCli(['enqueue', ...redis, '--wait', ...runArguments(out)]);
    const services = [worker, coordinator].map(({ pid }) => processCpuMs(pid) ?? Number.NaN);
    const cpuMs = services.reduce((sum, each) => sum + each, cli.cpuMs);
    fleet.push(await ratesOf(out, { wallMs: cli.wallMs, cpuMs }));
  } finally {
    await stopService(worker);
    await stopService(coordinator);
    await server.close();
  }
}

function runArguments(out: string): string[] {
  return [
    ...['-m', model, '-i', source, '-o', out, '--overlays', 'none', '--shard-size', shardSize],
    ...['--quiet', '--json'],
  ];
}

/** From the beginning of the first shard to the end of the last, as their markers say. */
async function ratesOf(
  out: string,
  { wallMs, cpuMs }: Pick<BuildRun, 'wallMs' | 'cpuMs'>,
): Promise<Rates> {
  const store = new FolderStore(out);
  const runId = await resolveRun(store, 'latest');
  const spec = await openRun(store, runId);
  let [beganMs, endedMs, done] = [Number.POSITIVE_INFINITY, 0, 0];
  const missing = await visitDoneShards(store, { planned: spec }, (marker) => {
    const finishedMs = Date.parse(marker.finishedAt);
    beganMs = Math.min(beganMs, finishedMs - marker.wallMs);
    endedMs = Math.max(endedMs, finishedMs);
    done += marker.statistics.statuses.success ?? 0;
  });
  if (missing.length > 0 || done !== images) throw new Error(`${done} of ${images} were explained`);
  return {
    shards: (images / (endedMs - beganMs)) * 1000,
    all: (images / wallMs) * 1000,
    cpu: cpuMs / images,
  };
}

function print(name: string, run: Rates, many: Rates): void {
  const numbers = [run.shards, run.all, run.cpu, many.shards, many.all, many.cpu];
  const widths = [13, 8, 8, 17, 8, 8];
  const columns = numbers.map((number, at) => number.toFixed(1).padStart(widths[at] ?? 8));
  console.log(`${name.padEnd(9)} ${columns.join(' ')}`);
}
