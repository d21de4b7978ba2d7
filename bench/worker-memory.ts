import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { workerEnvironment } from '../src/fleet/worker/allocator-environment.ts';
import { startRedis } from '../test/support/redis-server.ts';
import { runCli } from './support/cli-run.ts';
import { makeDamagedFiles } from './support/damaged-files.ts';
import { startService, stopService } from './support/fleet-service.ts';
import { makeImageFiles } from './support/image-files.ts';
import { machineLines } from './support/machine.ts';
import { processCpuMs } from './support/process-cpu.ts';
import { ResidentMemory } from './support/resident-memory.ts';

/*
 * Resident memory of a fleet worker in steady work at 320 px, which must stay flat: one long run, run after run (each loads the model again), and
 * runs over damaged pictures with small files of 99 million pixels among them. A worker of its own for each case.
 *
 * The worker's environment is that of the container and of `worker --supervise`; with `plain` that of a shell.
 *
 *   node dist/bench/worker-memory.js [long|runs|damaged] [images a run] [runs] [plain]
 */
const model = 'examples/blood-cells/bccd-yolov8n.onnx';
const cases = [
  { name: 'long', images: 20_000, runs: 1, what: 'one run' },
  { name: 'runs', images: 240, runs: 60, what: 'run after run' },
  { name: 'damaged', images: 2400, runs: 3, what: 'damaged pictures' },
];
const [only, images, runs, how] = process.argv.slice(2);
const environment = how === 'plain' ? process.env : workerEnvironment(process.env);
const parts = 6;

console.log(machineLines().join('\n'));
console.log(
  `\nresident MB of the worker, mean of each sixth of the time                  peak  images/s  CPU ms`,
);
for (const each of cases) {
  if (only !== undefined && only !== each.name) continue;
  await measure({
    ...each,
    images: Number(images ?? each.images),
    runs: Number(runs ?? each.runs),
  });
}

async function measure(one: (typeof cases)[number]): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-bench-'));
  const source = join(folder, 'images');
  const server = await startRedis();
  const redis = ['--redis', server.url];
  const cache = ['--model-cache', join(folder, 'cache')];
  try {
    await fill(source, one);
    const coordinator = await startService(['coordinator', ...redis]);
    const command = ['worker', ...redis, ...cache, '--device', 'cpu'];
    const worker = await startService(command, environment);
    const memory = new ResidentMemory(worker.pid);
    const startedMs = performance.now();
    let cpuMs = 0;
    try {
      for (let run = 0; run < one.runs; run++) {
        const out = join(folder, `out-${run}`);
        const what = ['-m', model, '-i', source, '-o', out, '--overlays', 'flagged'];
        await runCli(['enqueue', ...redis, ...what, '--wait', '--quiet', '--json']);
        await rm(out, { recursive: true, force: true });
      }
      cpuMs = processCpuMs(worker.pid) ?? Number.NaN;
    } finally {
      memory.stop();
      await stopService(worker);
      await stopService(coordinator);
    }
    const perSecond = ((one.images * one.runs) / (performance.now() - startedMs)) * 1000;
    print(one, memory, { perSecond, cpuMs: cpuMs / (one.images * one.runs) });
  } finally {
    await server.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function fill(folder: string, { name, images }: (typeof cases)[number]): Promise<void> {
  if (name === 'damaged') await makeDamagedFiles(folder, { count: images - 8, bombs: 8 });
  else await makeImageFiles({ folder, count: images, width: 640, height: 480 });
}

function print(
  one: (typeof cases)[number],
  memory: ResidentMemory,
  { perSecond, cpuMs }: { perSecond: number; cpuMs: number },
): void {
  const megabytes = (bytes: number) => (bytes / 1e6).toFixed(0).padStart(6);
  const what = `${one.what}, ${one.runs} x ${one.images} images`;
  const means = memory.means(parts).map(megabytes).join('');
  console.log(
    `${what.padEnd(40)}${means} ${megabytes(memory.peakBytes)}  ${perSecond.toFixed(1).padStart(8)} ${cpuMs.toFixed(1).padStart(7)}`,
  );
}
