import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBareLoop } from './support/bare-loop.ts';
import { runCli } from './support/cli-run.ts';
import { type ImageCase, imageCases } from './support/image-cases.ts';
import { makeImageFiles } from './support/image-files.ts';
import { machineLines } from './support/machine.ts';
import { median } from './support/median.ts';

/*
 * Images per second of a whole run (files read, decoded, letterboxed, explained, maps and rows written) against the bare model on tensors
 * that lie in memory. The bare loop is measured before, between and after the runs, and the ratio is taken to its median.
 * `shards` counts from the first file read to the last marker written; `all` also counts the start of the process, the
 * loading of the model, the listing, the statistics and the report.
 *
 *   node dist/bench/run.js [images] [repeats]
 */
const images = Number(process.argv[2] ?? 512);
const repeats = Number(process.argv[3] ?? 3);

console.log(machineLines().join('\n'));
console.log(
  `images    ${images} distinct files a run, ${repeats} runs a case; maps on, overlays off\n`,
);
console.log('case                        bare/s   shards/s   all/s   shards/bare   all/bare');
const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-bench-'));
try {
  for (const one of imageCases) await measure(one);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure({ name, model, width, height }: ImageCase): Promise<void> {
  const source = join(folder, `${width}x${height}`);
  await makeImageFiles({ folder: source, count: images, width, height });
  const bare = await openBareLoop(model);
  const bareRates = [await bare.measure(60)];
  const shardRates: number[] = [];
  const wholeRates: number[] = [];
  for (let repeat = 0; repeat < repeats; repeat++) {
    const out = join(folder, `out-${repeat}`);
    const args = ['--overlays', 'none', '--device', 'cpu', '--json', '--quiet'];
    const { wallMs, output } = await runCli(['run', '-m', model, '-i', source, '-o', out, ...args]);
    const summary: { timings: { wallMs: number } } = JSON.parse(output);
    shardRates.push((images / summary.timings.wallMs) * 1000);
    wholeRates.push((images / wallMs) * 1000);
    bareRates.push(await bare.measure(60));
    await rm(out, { recursive: true, force: true });
  }
  const [best, shards, whole] = [median(bareRates), median(shardRates), median(wholeRates)];
  const numbers = [
    best.toFixed(1).padStart(6),
    shards.toFixed(1).padStart(9),
    whole.toFixed(1).padStart(8),
  ];
  const ratios = [(shards / best).toFixed(3).padStart(12), (whole / best).toFixed(3).padStart(11)];
  console.log(`${name.padEnd(26)} ${[...numbers, ...ratios].join(' ')}   (bare: ${bare.setting})`);
  await rm(source, { recursive: true, force: true });
}
