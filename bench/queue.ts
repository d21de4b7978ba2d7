import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { visitDoneShards } from '../src/shared/done-shards.ts';
import { FolderStore } from '../src/shared/folder-store.ts';
import { openRun } from '../src/shared/open-run.ts';
import { resolveRun } from '../src/shared/run-names.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { runCli } from './support/cli-run.ts';
import { makeImageFiles } from './support/image-files.ts';
import { machineLines } from './support/machine.ts';
import { median } from './support/median.ts';

/*
 * What the queue costs: images per second of a fleet of one worker against `run`, through the command line of both, on the same files, in turns.
 * `shards` counts from the beginning of the first shard to the last marker, by the markers themselves; `all` is the wall time of `run`, and of
 * `enqueue --wait` until its run is summarized, with worker and coordinator up, which includes what `--wait` sleeps between two looks. Each fleet has a worker of its
 * own, which loads the model when the first job comes, as `run` does before its first shard.
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
  console.log('turn      run: shards/s    all/s   fleet: shards/s    all/s');
  for (let turn = 0; turn < repeats; turn++) {
    // Whoever goes second finds the files in the system's memory: that goes round too.
    const order = turn % 2 === 0 ? [runAlone, runFleet] : [runFleet, runAlone];
    for (const go of order) await go(turn);
    print(`${turn + 1}`, alone.at(-1)!, fleet.at(-1)!);
  }
  const middle = (rates: readonly Rates[]): Rates => ({
    shards: median(rates.map(({ shards }) => shards)),
    all: median(rates.map(({ all }) => all)),
  });
  const [one, many] = [middle(alone), middle(fleet)];
  print('median', one, many);
  console.log(
    `\nfleet / run   shards ${(many.shards / one.shards).toFixed(3)} (aim >= 0.95), all ${(many.all / one.all).toFixed(3)}`,
  );
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function runAlone(turn: number): Promise<void> {
  const out = join(folder, `run-${turn}`);
  const { wallMs } = await runCli(['run', ...runArguments(out)]);
  alone.push(await ratesOf(out, wallMs));
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
    const { wallMs } = await runCli(['enqueue', ...redis, '--wait', ...runArguments(out)]);
    fleet.push(await ratesOf(out, wallMs));
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
async function ratesOf(out: string, wallMs: number): Promise<Rates> {
  const store = new FolderStore(out);
  const runId = await resolveRun(store, 'latest');
  const { dataset } = await openRun(store, runId);
  let [beganMs, endedMs, done] = [Number.POSITIVE_INFINITY, 0, 0];
  const missing = await visitDoneShards(store, { runId, shards: dataset.shards }, (marker) => {
    const finishedMs = Date.parse(marker.finishedAt);
    beganMs = Math.min(beganMs, finishedMs - marker.wallMs);
    endedMs = Math.max(endedMs, finishedMs);
    done += marker.statistics.statuses.success ?? 0;
  });
  if (missing.length > 0 || done !== images) throw new Error(`${done} of ${images} were explained`);
  return { shards: (images / (endedMs - beganMs)) * 1000, all: (images / wallMs) * 1000 };
}

/** Resolves when it says that it has started. */
async function startService(args: readonly string[]): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['dist/src/cli.js', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LOG_LEVEL: 'info' },
  });
  let said = '';
  await new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (/ started"/.test(said)) resolve();
    });
    child.once('exit', (code) => reject(new Error(`${args[0]} ended with ${code}:\n${said}`)));
  });
  return child;
}

async function stopService(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGTERM');
  await gone;
}

function print(name: string, run: Rates, many: Rates): void {
  const numbers = [run.shards, run.all, many.shards, many.all].map((rate) => rate.toFixed(1));
  const [a = '', b = '', c = '', d = ''] = numbers;
  console.log(
    `${name.padEnd(9)} ${a.padStart(13)} ${b.padStart(8)} ${c.padStart(17)} ${d.padStart(8)}`,
  );
}
