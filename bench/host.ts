import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { ShardOverlap } from '../src/local/shard-overlap.ts';
import { availableThreads } from '../src/shared/host/threads/cpu-quota.ts';
import type { RunSpec } from '../src/shared/run/run-spec.ts';
import type { Sample } from '../src/shared/run/sample.ts';
import { FolderStore } from '../src/shared/storage/folder-store.ts';
import { Explainer } from '../src/worker/explain/explainer.ts';
import { ByteBudget, inFlightBytes } from '../src/worker/shard/byte-budget.ts';
import { openInFlightNote } from '../src/worker/shard/in-flight-note.ts';
import { processShard } from '../src/worker/shard/process-shard.ts';
import { type ImageCase, imageCases } from './support/image-cases.ts';
import { makeImageFiles } from './support/image-files.ts';
import { machineLines } from './support/machine.ts';
import { type RecordedAnswer, recordAnswer } from './support/recorded-answer.ts';
import { simulatedInference } from './support/simulated-inference.ts';
import { Turns } from './support/turns.ts';

/*
 * The host's own speed, which is what feeds a GPU: images per second of whole shards (read, decode, letterbox, components, measures, maps
 * and rows written, one shard written while the next begins, as `run` does it) with a session that answers at once, as a share of nothing but
 * decoding the same files with sharp on the same cores. Both are warm: a worker's threads compile their loops once, in the first few hundred
 * images of thousands. Turns of all alternate. "bare" is without class evidence and box maps. CPU time, of all threads, says more than images per second
 * where the machine does other things too.
 *
 *   node dist/bench/host.js [images] [repeats]
 */
const images = Number(process.argv[2] ?? 768);
const repeats = Number(process.argv[3] ?? 3);

console.log(machineLines().join('\n'));
console.log(`images    ${images} distinct files, ${repeats} turns; maps on, overlays off\n`);
console.log(
  'case                        decode-only/s   host/s   share   CPU ms: decode   bare   host   share, components alone',
);
const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-bench-'));
try {
  for (const one of imageCases) await measure(one);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure({ name, model, width, height }: ImageCase): Promise<void> {
  const source = join(folder, `${width}x${height}`);
  await makeImageFiles({ folder: source, count: images, width, height });
  const files = (await readdir(source)).sort();
  const image = join(source, files[0]!);
  const { spec, answer } = await recordAnswer({ model, image, images });
  const withoutExtras = { ...spec, options: { ...spec.options, classes: ['none'], boxMaps: 0 } };
  const { evidence: _, boxMaps: __, ...bareAnswer } = answer;
  const ways = [
    { spec: withoutExtras, answer: bareAnswer },
    { spec, answer },
  ].map((way) => hostWay(way, source, files));
  const decodes = [2, 4].map((inFlight) => () => decodeOnly(source, files, inFlight));
  const timed = [...decodes, ...ways.map((way) => () => way.run())].map((run) => new Turns(run));
  for (let turn = -1; turn < repeats; turn++) for (const one of timed) await one.take(turn < 0);
  await Promise.all(ways.map((way) => way.close()));
  const [two, four, bare, host] = timed.map((one) => one.build(files.length));
  const decode = two!.rate > four!.rate ? two! : four!;
  const rates = `${decode.rate.toFixed(1).padStart(13)} ${host!.rate.toFixed(1).padStart(8)}   ${(host!.rate / decode.rate).toFixed(3)}`;
  const costs = [decode, bare!, host!].map(({ cpuMs }) => cpuMs.toFixed(2).padStart(7));
  console.log(
    `${name.padEnd(26)} ${rates}          ${costs.join('')}   ${(bare!.rate / decode.rate).toFixed(3)}`,
  );
  await rm(source, { recursive: true, force: true });
}

/** The host's work on all files, with threads of its own. */
function hostWay(way: RecordedAnswer, source: string, files: readonly string[]) {
  const { spec, answer } = way;
  const explainer = new Explainer(simulatedInference(answer, 0), spec, availableThreads());
  return {
    run: () => hostOnly(spec, explainer, source, files),
    close: () => explainer.close(),
  };
}

/** Reads and decodes every file as the product does, and nothing else. */
async function decodeOnly(
  source: string,
  files: readonly string[],
  inFlight: number,
): Promise<number> {
  const queue = files.values();
  const startedMs = performance.now();
  const worker = async (): Promise<void> => {
    for (const file of queue) {
      const bytes = await readFile(join(source, file));
      await sharp(bytes, { ignoreIcc: true }).autoOrient().removeAlpha().raw().toBuffer();
    }
  };
  await Promise.all(Array.from({ length: inFlight }, worker));
  return (files.length / (performance.now() - startedMs)) * 1000;
}

async function hostOnly(
  spec: RunSpec,
  explainer: Explainer,
  source: string,
  files: readonly string[],
): Promise<number> {
  const out = await mkdtemp(join(folder, 'out-'));
  const budget = new ByteBudget(inFlightBytes);
  const work = async (names: readonly string[], shard: number, begun: () => void) => {
    const samples = names.map((key): Sample => ({ key, sizeBytes: 100_000, etag: '' }));
    await processShard(
      { spec, shard, samples },
      {
        store: new FolderStore(out),
        images: new FolderStore(source),
        explainer,
        budget,
        note: await openInFlightNote(join(out, 'in-flight'), shard),
        signal: new AbortController().signal,
        versions: {},
        onSample: () => {},
        onAllBegun: begun,
      },
    );
  };
  const startedMs = performance.now();
  const size = spec.options.shardSize;
  const overlap = new ShardOverlap(2);
  for (let start = 0; start < files.length; start += size) {
    const names = files.slice(start, start + size);
    await overlap.start((begun) => work(names, start / size, begun));
  }
  await overlap.end();
  const rate = (files.length / (performance.now() - startedMs)) * 1000;
  await rm(out, { recursive: true, force: true });
  return rate;
}
