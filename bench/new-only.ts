import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BuildRun } from './support/build.ts';
import { runCli } from './support/cli-run.ts';
import { makeImageFiles } from './support/image-files.ts';
import { machineLines } from './support/machine.ts';
import { seededRandom } from './support/random.ts';

/*
 * What one image more costs with `run --new-only`: a full run over some images, then one is added at a random place (seeded), and the run of what is new stands beside
 * a full run over the same images. Real inferences of a real model; times are of the whole command, with start, listing, statistics and report.
 *
 *   node dist/bench/new-only.js [images] [model] [input pixels] [picture pixels]
 *
 * A tiny model (test/fixtures/models/tiny-det-dynamic.onnx 64 64) makes a full run as cheap as it can be, so the ratio is the worst one.
 */
const images = Number(process.argv[2] ?? 10_000);
const model = process.argv[3] ?? 'examples/blood-cells/bccd-yolov8n.onnx';
const inputSize = process.argv[4] ?? '320';
const side = Number(process.argv[5] ?? 320);

console.log(machineLines().join('\n'));
const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-bench-'));
try {
  await measure();
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure(): Promise<void> {
  const source = join(folder, 'images');
  await makeImageFiles({ folder: source, count: images, width: side, height: side });
  console.log(`images    ${images} of ${side} px, model ${model} at ${inputSize} px\n`);
  console.log('run                           wall s     CPU s   of a full run: wall       CPU');
  const first = await explain(source, 'out');
  print('full', first, first);
  await addOne(source);
  print('one image more, --new-only', await explain(source, 'out'), first);
  console.log(`explained  ${await explainedIn('out')}`);
  print('full, the same images', await explain(source, 'full'), first);
}

function print(name: string, run: BuildRun, full: BuildRun): void {
  const [wall, cpu] = [run.wallMs, run.cpuMs].map((ms) => (ms / 1000).toFixed(2).padStart(9));
  const ratios = [run.wallMs / full.wallMs, run.cpuMs / full.cpuMs];
  const [ofWall, ofCpu] = ratios.map((ratio) => ratio.toFixed(4));
  console.log(`${name.padEnd(27)} ${wall} ${cpu} ${ofWall?.padStart(21)} ${ofCpu?.padStart(9)}`);
}

function explain(source: string, out: string): Promise<BuildRun> {
  const place = ['-m', model, '-i', source, '-o', join(folder, out)];
  const more = [
    '--new-only',
    '--name',
    'nightly',
    '--device',
    'cpu',
    '--quiet',
    '--no-labels',
    '--imgsz',
    inputSize,
  ];
  return runCli(['run', ...place, ...more]);
}

/** Between two others: the names of all that come behind stay what they are. */
async function addOne(source: string): Promise<void> {
  const names = (await readdir(source)).sort();
  const random = seededRandom(1);
  const before = names[Math.floor(random() * names.length)] ?? '';
  const bytes = await readFile(join(source, before));
  await writeFile(join(source, before.replace('.jpg', 'a.jpg')), bytes);
}

/** Images without a place in the earlier run, by the plan of the last one. */
async function explainedIn(out: string): Promise<number> {
  const named = await readFile(join(folder, out, 'names/nightly.json'), 'utf8');
  const { runId }: { runId: string } = JSON.parse(named);
  const plans = join(folder, out, runId, 'carry');
  const texts = await Promise.all(
    (await readdir(plans)).map((name) => readFile(join(plans, name), 'utf8')),
  );
  return texts
    .join('')
    .split('\n')
    .filter((line) => line === 'null').length;
}
