import { createHash } from 'node:crypto';
import { fitBasis } from '../model/basis/fit-basis.ts';
import { chooseDevice, parseDevice } from '../model/runtime/devices.ts';
import { type ImageSource, openImageSource } from '../producer/dataset/image-source.ts';
import { basisInputOf, weightsSha256Of } from '../producer/model/open-basis.ts';
import type { FittedBasis } from '../shared/basis/dataset-basis.ts';
import { type DatasetPart, imagesInPart, isInPart } from '../shared/basis/dataset-part.ts';
import { EigenfleetError } from '../shared/errors.ts';
import { availableThreads } from '../shared/host/threads/cpu-quota.ts';
import type { Sample } from '../shared/run/sample.ts';
import type { RunSettings } from '../shared/settings/run-settings.ts';
import { shardSizeFor } from '../shared/settings/shard-size.ts';
import { openStore } from '../shared/storage/open-store.ts';
import type { Notices } from '../shared/telemetry/notices.ts';
import { DatasetSummer } from '../worker/basis/dataset-summer.ts';
import { pixelThreadsOf } from '../worker/explain/pixel-pool.ts';
import { startSumsInference } from '../worker/inference/runtime-inference.ts';
import { fetchSample } from '../worker/shard/fetch-sample.ts';
import { usesOwnThread } from './own-thread.ts';
import { type ExplainerPlan, planExplainer } from './plan-explainer.ts';
import type { RunProgress } from './run-progress.ts';

export interface FitRequest extends Notices {
  readonly settings: RunSettings;
  /** Components of a layer; groups are kept whole. */
  readonly keep: number;
  /** Sums this part of the images alone, to be merged with the others; absent: all of them. */
  readonly part?: DatasetPart | undefined;
  readonly datasetsFolder?: string | undefined;
  onProgress(progress: RunProgress): void;
  readonly signal: AbortSignal;
  /** Nobody else uses this thread: few images are summed in it. */
  readonly ownsThread?: boolean | undefined;
}

/**
 * Fits the basis of a dataset in this process. Images that cannot be read or computed are left out, with a warning.
 *
 * @throws EigenfleetError for settings, model, device, for a part or a dataset without a usable image; the signal's reason when it is aborted.
 */
export async function fitDataset(request: FitRequest): Promise<FittedBasis> {
  const { settings, datasetsFolder, keep, part, note, warn, signal } = request;
  const { images, split, include, exclude, limit } = settings;
  if (images === undefined) {
    throw new EigenfleetError('usage', 'Which images? Give a folder with --images.');
  }
  const choice = { split, include, exclude, limit, datasetsDir: datasetsFolder };
  const source = await openImageSource({ source: images, ...choice, storage: settings });
  const { listed, listing } = await listingOf(source, signal);
  const total = part === undefined ? listed : imagesInPart(listed, shardSizeFor(listed), part);
  const plan = await planExplainer({ settings, imageCount: total, note, warn });
  const summer = await startSummer(plan, total, request);
  try {
    const failed = await sumAll({ ...request, source, summer, listed, total });
    signal.throwIfAborted();
    if (failed === total) throw noImages(total);
    return fitBasis({
      ...(await identityOf(plan)),
      dataset: {
        ...{ name: source.datasetName, images: total - failed, failed },
        ...(part && { parts: [{ numbers: [part.number], of: part.of, listing }] }),
      },
      layers: plan.targetLayers.map(({ name }) => name),
      sums: summer.sums(),
      keep,
    });
  } finally {
    await summer.close();
  }
}

interface Listing {
  /** Images. */
  readonly listed: number;
  /** sha256 over their keys and sizes; etags of the same file differ between machines. */
  readonly listing: string;
}

async function listingOf(source: ImageSource, signal: AbortSignal): Promise<Listing> {
  let listed = 0;
  const hash = createHash('sha256');
  for await (const { key, sizeBytes } of source.samples()) {
    signal.throwIfAborted();
    listed += 1;
    hash.update(`${JSON.stringify(key)} ${sizeBytes}\n`);
  }
  return { listed, listing: hash.digest('hex') };
}

async function startSummer(
  plan: ExplainerPlan,
  images: number,
  { note, ownsThread }: FitRequest,
): Promise<DatasetSummer> {
  const { loaded, execution, options } = plan;
  const { device, sentence } = await chooseDevice(parseDevice(execution.device));
  note(sentence);
  const threads = execution.threads ?? availableThreads();
  const { batch } = execution;
  const here = await usesOwnThread({ ownsThread, device, images, modelPath: loaded.path });
  const runtime = { loaded, options, device, threads, images, batch, here };
  const inference = await startSumsInference(runtime);
  return new DatasetSummer(inference, plan, here ? 0 : pixelThreadsOf(threads, images));
}

interface SumRequest extends FitRequest {
  readonly source: ImageSource;
  readonly summer: DatasetSummer;
  /** Images of the dataset. */
  readonly listed: number;
  /** Of those, the ones to sum. */
  readonly total: number;
}

/** Until the signal. Returns how many failed. */
async function sumAll(request: SumRequest): Promise<number> {
  const { source, summer, total, settings, onProgress, warn, signal } = request;
  const store = openStore(source.rootUri, settings);
  const samples = chosenSamples(request);
  let [done, failed] = [0, 0];
  const tell = () => onProgress({ total, done, failed, doneBefore: 0 });
  tell();
  const sumOne = async (sample: Sample, index: number): Promise<void> => {
    const fetched = await fetchSample(sample, store, signal);
    const summed =
      fetched.status === 'success' ? await summer.add(fetched.bytes, halfOf(index)) : fetched;
    if (summed.status !== 'success') {
      failed += 1;
      if (failed === 1) warn(`${sample.key} is left out: ${summed.reason}.`);
    }
    done += 1;
    tell();
  };
  const runner = async (): Promise<void> => {
    for (;;) {
      const next = await samples.next();
      if (next.done || signal.aborted) return;
      await sumOne(...next.value);
    }
  };
  const limit = Math.min(total, summer.usefulConcurrency);
  const settled = await Promise.allSettled(Array.from({ length: limit }, runner));
  for (const one of settled) if (one.status === 'rejected') throw one.reason;
  if (failed > 1) warn(`${failed} of ${total} images are left out.`);
  return failed;
}

/** Each image with its place in the dataset, by which it belongs to the same half in whatever part it is. */
async function* chosenSamples({
  source,
  listed,
  part,
}: SumRequest): AsyncGenerator<[sample: Sample, index: number], undefined> {
  const shardSize = shardSizeFor(listed);
  let index = 0;
  for await (const sample of source.samples()) {
    if (part === undefined || isInPart(index, shardSize, part)) yield [sample, index];
    index += 1;
  }
}

/** Each pair of neighbors is parted, by turns that follow no pattern: halves are equal in size, and a dataset in rhythm falls apart by it in neither. */
function halfOf(index: number): 0 | 1 {
  const pair = index >> 1;
  const turned = (Math.imul(pair ^ (pair >>> 15), 0x2c1b3c6d) >>> 13) & 1;
  return ((index & 1) ^ turned) === 0 ? 0 : 1;
}

/** What the basis says of its model, and of the input. */
async function identityOf({ loaded, options }: ExplainerPlan) {
  const { sha256, model } = loaded;
  return {
    model: { name: model.name, sha256, weightsSha256: await weightsSha256Of(loaded) },
    input: basisInputOf(loaded, options),
  };
}

function noImages(total: number): EigenfleetError {
  return new EigenfleetError(
    'dataset',
    `None of the ${total} images could be computed, so there is no basis: the first warning says why.`,
  );
}
