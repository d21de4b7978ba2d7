import { labelRegions } from '../../evaluate/labels/label-regions.ts';
import type { GridMap } from '../../maps/content-cells.ts';
import { evidenceCoverage } from '../../maps/evidence-coverage.ts';
import { evidenceHeat } from '../../maps/evidence-heat.ts';
import { gridMask } from '../../maps/grid-mask.ts';
import { type CoveringObject, objectCoverage } from '../../maps/object-coverage.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { ExplainedSample } from '../../worker/explain/explainer.ts';
import { labelRegionsOf } from '../../worker/explain/interpret-labels.ts';
import { fetchSample } from '../../worker/shard/fetch-sample.ts';
import { runConcurrently } from '../../worker/shard/run-concurrently.ts';
import type { RunProgress } from '../run-progress.ts';
import type { AdviceSamples } from './advice-samples.ts';
import type { CandidateExplainers } from './candidate-explainers.ts';
import type { FusedLayers } from './fusion-candidates.ts';
import { fusedMaps, ImageObjects, layerMaps, type ObjectHeat } from './object-heat.ts';

/** One image with objects. */
export interface MeasuredImage {
  /** In the list of images. */
  readonly index: number;
  readonly objects: number;
  readonly area: number;
  /** Of a classifier: the share of the attainable that its class activation has by itself. */
  readonly ceiling?: number;
  /** In the order of the candidates. */
  readonly heats: readonly ObjectHeat[];
}

export interface FailedImage {
  readonly key: string;
  readonly reason: string;
}

export interface MeasuredImages {
  /** In the order of the list. */
  readonly measured: readonly MeasuredImage[];
  /** Images that objects cover as a whole. */
  readonly covered: number;
  readonly failed: readonly FailedImage[];
}

export interface MeasureTask {
  readonly layers: readonly string[];
  /** Where there are some, they are measured and not the layers. */
  readonly fusions: readonly FusedLayers[];
  onProgress?(progress: RunProgress): void;
  readonly signal: AbortSignal;
}

/** Explains all images and measures them, several at once; those without objects are left out. */
export async function measureImages(
  explainers: CandidateExplainers,
  from: AdviceSamples,
  task: MeasureTask,
): Promise<MeasuredImages> {
  const measured: MeasuredImage[] = [];
  let covered = 0;
  const failed: FailedImage[] = [];
  const total = from.samples.length;
  let done = 0;
  const tell = () => task.onProgress?.({ total, done, failed: failed.length, doneBefore: 0 });
  tell();
  const indices = from.samples.map((_, index) => index);
  await runConcurrently(indices, explainers.usefulConcurrency, task.signal, async (index) => {
    const result = await explainImage(explainers, from, index);
    if (result.status === 'explained') {
      const image = measureImage(result.sample, index, { from, ...task });
      if (image === 'covered') covered += 1;
      else if (image !== 'empty') measured.push(image);
    } else failed.push(result);
    done += 1;
    tell();
  });
  return { measured: measured.sort((a, b) => a.index - b.index), covered, failed };
}

export type Explained = Extract<ExplainedSample, { readonly status: 'success' }>;

type ImageResult =
  | { readonly status: 'explained'; readonly sample: Explained; readonly bytes: Uint8Array }
  | ({ readonly status: 'failed' } & FailedImage);

/** Reads and explains one image; `bytes` are those of its file. */
export async function explainImage(
  explainers: CandidateExplainers,
  { samples, images, labelsOf }: AdviceSamples,
  index: number,
): Promise<ImageResult> {
  const listed = samples[index];
  if (listed === undefined) throw new RangeError(`no image ${index}`);
  const { key } = listed;
  const fetched = await fetchSample(listed, images);
  if (fetched.status !== 'success') return { status: 'failed', key, reason: fetched.reason };
  const { bytes } = fetched;
  const sample = await explainers.explain(bytes, await labelsOf?.(index, key));
  if (sample.status !== 'success') return { status: 'failed', key, reason: sample.reason };
  return { status: 'explained', sample, bytes };
}

function measureImage(
  sample: Explained,
  index: number,
  { from, layers, fusions }: MeasureTask & { readonly from: AdviceSamples },
): MeasuredImage | 'empty' | 'covered' {
  const { geometry } = sample;
  const { objects, count, ceiling } = heldAgainst(sample, from);
  if (!objects.areMeasurable) return objects.area === 0 ? 'empty' : 'covered';
  const { padding } = from.plan.options;
  const maps = layerMaps({ layers: sample.layers, geometry, padding });
  const measured =
    fusions.length > 0 ? fusedMaps(maps, fusions) : layers.flatMap((name) => maps.get(name) ?? []);
  const heats = measured.map((map) => objects.heatOf(map));
  return {
    index,
    objects: count,
    area: objects.area,
    heats,
    ...(ceiling !== undefined && { ceiling }),
  };
}

/** What heat is held against: objects, or of a classifier where it sees the labeled class, else its top class. */
function heldAgainst(sample: Explained, from: AdviceSamples) {
  const { geometry } = sample;
  if (!traitsOf(from.plan.model.task).classifies) {
    const found = objectsOf(sample, from);
    return {
      objects: new ImageObjects(geometry, objectCoverage(found, geometry)),
      count: found.length,
    };
  }
  const activation = activationOf(sample, from);
  const coverage = activation && evidenceCoverage(activation, geometry);
  const objects = new ImageObjects(geometry, coverage);
  const ceiling =
    activation && objects.areMeasurable ? objects.heatOf(activation).attainable : undefined;
  return { objects, count: 1, ceiling };
}

/** Of the labeled class, where anybody labeled these images; else of the top class. In [0, 1]: what speaks for the class, over its greatest value. */
function activationOf(
  { evidence = [], labels, classScores, geometry }: Explained,
  { plan, labelsOf }: AdviceSamples,
): GridMap | undefined {
  const [own] = labelsOf === undefined ? classScores : (labels?.objects ?? []);
  const found = evidence.find(({ classId }) => classId === own?.classId);
  if (found === undefined) return undefined;
  const { gridWidth, gridHeight } = found;
  const map = evidenceHeat(found, gridMask(found, geometry, plan.options.padding));
  return { map, gridWidth, gridHeight };
}

/** What people labeled, where anybody labeled these images; else what the model found. */
function objectsOf(sample: Explained, { plan, labelsOf }: AdviceSamples): CoveringObject[] {
  const { labels, detections, geometry } = sample;
  const { task } = plan.model;
  if (labelsOf !== undefined) return (labels && labelRegionsOf(labels, geometry, task)) ?? [];
  return ownRegions(detections, geometry, traitsOf(task).shape);
}

/** The pixels of masks as they lie on the input stay with the thread that measures. */
function ownRegions(
  detections: Explained['detections'],
  geometry: LetterboxGeometry,
  shape: Parameters<typeof labelRegions>[2],
): CoveringObject[] {
  const objects = detections.map(({ mask, classId, box, rotated }) => ({
    ...{ classId, box, ...(rotated && { rotated }) },
    ...(mask && { rle: mask.rle }),
  }));
  return labelRegions(objects, geometry, shape);
}
