import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { ImageOutputs } from '../src/model/image-outputs.ts';
import { availableThreads } from '../src/shared/cpu-quota.ts';
import { FolderStore } from '../src/shared/folder-store.ts';
import type { RunSpec } from '../src/shared/run-spec.ts';
import type { Sample } from '../src/shared/sample.ts';
import { ByteBudget, inFlightBytes } from '../src/worker/byte-budget.ts';
import { Explainer } from '../src/worker/explainer.ts';
import { openInFlightNote } from '../src/worker/in-flight-note.ts';
import type { Inference } from '../src/worker/inference.ts';
import { processShard } from '../src/worker/process-shard.ts';
import { makeImageFiles } from './support/image-files.ts';
import { machineLines } from './support/machine.ts';
import { median } from './support/median.ts';
import { recordAnswer } from './support/recorded-answer.ts';

/*
 * The host's own speed, which is what feeds a GPU: images per second of whole shards (read, decode, letterbox, components, measures, maps
 * and rows written) with a session that answers at once, as a share of nothing but decoding the same files with sharp on the same cores.
 * Both are warm: a worker's threads compile their loops once, in the first few hundred images of thousands. Turns of both alternate.
 *
 *   node dist/bench/host.js [images] [repeats]
 */
const images = Number(process.argv[2] ?? 768);
const repeats = Number(process.argv[3] ?? 3);
const model640 = 'bench/models/bccd-yolov8n-640.onnx';
const model320 = 'examples/blood-cells/bccd-yolov8n.onnx';
const cases = [
  { name: '640x480 JPEG at 640 px', model: model640, width: 640, height: 480 },
  { name: '1920x1080 JPEG at 640 px', model: model640, width: 1920, height: 1080 },
  { name: '640x480 JPEG at 320 px', model: model320, width: 640, height: 480 },
];

console.log(machineLines().join('\n'));
console.log(`images    ${images} distinct files, ${repeats} turns; maps on, overlays off\n`);
console.log('case                        decode-only/s   host/s   share');
const folder = await mkdtemp(join(tmpdir(), 'eigenfleet-bench-'));
try {
  for (const one of cases) await measure(one);
} finally {
  await rm(folder, { recursive: true, force: true });
}

async function measure({ name, model, width, height }: (typeof cases)[number]): Promise<void> {
  const source = join(folder, `${width}x${height}`);
  await makeImageFiles({ folder: source, count: images, width, height });
  const files = (await readdir(source)).sort();
  const image = join(source, files[0]!);
  const { spec, answer } = await recordAnswer({ model, image, images });
  const decodeRates: number[] = [];
  const hostRates: number[] = [];
  const explainer = new Explainer(instantInference(answer), spec, availableThreads());
  const workOff = () => hostOnly(spec, explainer, source, files);
  await decodeOnly(source, files, 4);
  await workOff();
  for (let turn = 0; turn < repeats; turn++) {
    for (const inFlight of [2, 4]) decodeRates.push(await decodeOnly(source, files, inFlight));
    hostRates.push(await workOff());
  }
  await explainer.close();
  const decode = Math.max(
    ...[0, 1].map((way) => median(decodeRates.filter((_, i) => i % 2 === way))),
  );
  const host = median(hostRates);
  const numbers = [decode.toFixed(1).padStart(13), host.toFixed(1).padStart(8)];
  console.log(`${name.padEnd(26)} ${numbers.join(' ')}   ${(host / decode).toFixed(3)}`);
  await rm(source, { recursive: true, force: true });
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

/** A device that gives every image the same answer, at once: nothing is copied, which a device would not do on these cores either. */
function instantInference(answer: ImageOutputs): Inference {
  const outputs = sharedOutputs(answer);
  return {
    device: 'instant',
    batch: 1,
    streams: 1,
    infer: async (inputs) => ({ images: inputs.map(() => outputs), inferMs: 0 }),
    close: async () => {},
  };
}

/** In memory that all threads read. */
function sharedOutputs({ layers, head }: ImageOutputs): ImageOutputs {
  if (head.kind !== 'detect') throw new Error(`expected a raw detection head, got ${head.kind}`);
  const { boxes, scores, classIds } = head;
  return {
    layers: layers.map((layer) => ({
      basis: shared(layer.basis),
      product: shared(layer.product),
      projections: shared(layer.projections),
      energy: shared(layer.energy),
      trace: layer.trace,
    })),
    head: {
      ...{ ...head, boxes: shared(boxes), scores: shared(scores) },
      classIds: new Int32Array(copied(classIds)),
    },
  };
}

function shared(values: Float32Array): Float32Array {
  return new Float32Array(copied(values));
}

function copied({ buffer, byteOffset, byteLength }: Float32Array | Int32Array): SharedArrayBuffer {
  const memory = new SharedArrayBuffer(byteLength);
  new Uint8Array(memory).set(new Uint8Array(buffer, byteOffset, byteLength));
  return memory;
}

async function hostOnly(
  spec: RunSpec,
  explainer: Explainer,
  source: string,
  files: readonly string[],
): Promise<number> {
  const out = await mkdtemp(join(folder, 'out-'));
  const work = async (names: readonly string[], shard: number): Promise<void> => {
    const samples = names.map((key): Sample => ({ key, sizeBytes: 100_000, etag: '' }));
    await processShard(
      { spec, shard, samples },
      {
        store: new FolderStore(out),
        images: new FolderStore(source),
        explainer,
        budget: new ByteBudget(inFlightBytes),
        note: await openInFlightNote(join(out, 'in-flight'), shard),
        signal: new AbortController().signal,
        versions: {},
        onSample: () => {},
      },
    );
  };
  const startedMs = performance.now();
  const size = spec.options.shardSize;
  for (let start = 0; start < files.length; start += size) {
    await work(files.slice(start, start + size), start / size);
  }
  const rate = (files.length / (performance.now() - startedMs)) * 1000;
  await rm(out, { recursive: true, force: true });
  return rate;
}
