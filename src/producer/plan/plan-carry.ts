import { encodeCarriedPlace } from '../../shared/run/carry/carry-plan.ts';
import { keyMix } from '../../shared/run/carry/key-mix.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { Sample } from '../../shared/run/sample.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { type SpooledParts, spoolLines } from '../spool/spooled-lines.ts';
import { EarlierImages, sameLabels } from './earlier-images.ts';
import { type EarlierRun, findEarlier } from './earlier-run.ts';
import type { ListedDataset } from './listed-dataset.ts';
import type { PlannedLabels } from './plan-labels.ts';

/** What of a dataset is new since an earlier run. Images that cannot be taken over after all, because their results are damaged, are explained too. */
export interface CarryReport {
  /** The earlier run; absent where all images are explained. */
  readonly from?: string;
  readonly total: number;
  /** New, or with another size or etag than then, or to be drawn for the first time. */
  readonly explained: number;
  readonly carried: number;
  /** Of the carried: their labels are others than then. */
  readonly relabeled: number;
  /** Images of the earlier run that are there no longer. */
  readonly removed: number;
  /** For people. */
  readonly sentence: string;
}

export interface PlannedCarry {
  readonly report: CarryReport;
  /** Absent where all images are explained. */
  parts?(): SpooledParts;
  close(): Promise<void>;
}

export interface CarryRequest {
  readonly store: ObjectStore;
  /** Of the plan, with stable shards. */
  readonly spec: RunSpec;
  readonly dataset: Pick<ListedDataset, 'samples'>;
  readonly labels: PlannedLabels | undefined;
  readonly name: string | undefined;
  /** The audit whose run it is: results of another audit over the same images may be taken over too. */
  readonly owner?: string | undefined;
}

/** Sets the images of a plan beside those of the last run of its name. Streams: one shard of the earlier run is in memory. */
export async function planCarry(request: CarryRequest): Promise<PlannedCarry> {
  const { store, spec, name } = request;
  const { images, shardImages = [] } = spec.dataset;
  const found = await findEarlier(store, spec, name, request.owner);
  if (found.status === 'none') {
    const counts = { total: images, explained: images, carried: 0, relabeled: 0, removed: 0 };
    const sentence = `All ${images} images are explained: ${found.why}.`;
    return { report: { ...counts, sentence }, close: async () => {} };
  }
  const { run } = found;
  const counts = { explained: 0, carried: 0, relabeled: 0 };
  const earlier = new EarlierImages(store, run, sameLabels(spec, run.spec));
  const lines = await spoolLines(placesOf(request, run, earlier, counts), (line) => line);
  const removed = run.spec.dataset.images - earlier.met;
  const from = run.spec.runId;
  const report = { from, total: images, ...counts, removed };
  return {
    report: { ...report, sentence: sentenceOf(report) },
    parts: () => lines.parts(images, shardImages),
    close: () => lines.close(),
  };
}

async function* placesOf(
  { spec, dataset, labels }: CarryRequest,
  { spec: before }: EarlierRun,
  earlier: EarlierImages,
  counts: { explained: number; carried: number; relabeled: number },
): AsyncGenerator<string> {
  const labelLines = labels?.lines()[Symbol.asyncIterator]();
  try {
    for await (const sample of dataset.samples()) {
      const label = (await labelLines?.next())?.value as string | undefined;
      const place = await earlier.find(sample, label);
      const taken = place !== null && isDrawnAnew(sample, spec, before) ? null : place;
      if (taken === null) counts.explained += 1;
      else counts.carried += 1;
      if (taken?.relabeled) counts.relabeled += 1;
      yield encodeCarriedPlace(taken);
    }
  } finally {
    await labelLines?.return?.(undefined);
  }
}

/** An image that the sample of overlays takes in: pictures are drawn from finer maps than are stored. */
function isDrawnAnew({ key }: Sample, now: RunSpec, then: RunSpec): boolean {
  if (then.options.overlays.all || then.dataset.sampleLimit === undefined) return false;
  const mix = keyMix(key);
  const isWanted = now.options.overlays.all || mix <= (now.dataset.sampleLimit ?? -1);
  return isWanted && mix > then.dataset.sampleLimit;
}

function sentenceOf(report: Omit<CarryReport, 'sentence'>): string {
  const { from, total, explained, carried, relabeled, removed } = report;
  const more = [
    relabeled > 0 ? `${relabeled} of them with other labels` : '',
    removed > 0 ? `${removed} ${isOrAre(removed)} gone` : '',
  ].filter(Boolean);
  const rest = more.length === 0 ? '' : `, ${more.join(', ')}`;
  const said = `Of ${total} images ${explained} ${isOrAre(explained)} new since run ${from}; the results of ${carried} are taken over${rest}.`;
  // Nobody has looked at their files yet.
  return carried === 0 ? said : `${said} Images whose results prove damaged are explained anew.`;
}

function isOrAre(count: number): string {
  return count === 1 ? 'is' : 'are';
}
