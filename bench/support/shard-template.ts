import type { EvaluatedPart } from '../../src/evaluate/merge/evaluated-part.ts';
import { evaluationSetup } from '../../src/evaluate/merge/evaluation-setup.ts';
import { EvaluationSums } from '../../src/evaluate/merge/evaluation-sums.ts';
import { evaluateImage } from '../../src/evaluate/objects/evaluate-image.ts';
import { precisionFormsOf } from '../../src/evaluate/objects/precision-image.ts';
import type { ObjectRow, ObjectTrust } from '../../src/evaluate/result/object-row.ts';
import { encodeObjects } from '../../src/evaluate/result/object-table.ts';
import { measureColumnsOf } from '../../src/shared/results/measure-columns.ts';
import { encodeRows } from '../../src/shared/results/sample-row-parquet.ts';
import type { SampleCandidates } from '../../src/shared/run/candidates.ts';
import type { Detection, Xyxy } from '../../src/shared/run/detection.ts';
import type { SampleLabels } from '../../src/shared/run/labels/sample-labels.ts';
import type { LetterboxGeometry } from '../../src/shared/run/letterbox-geometry.ts';
import type { RunSpec } from '../../src/shared/run/run-spec.ts';
import type { SampleRow } from '../../src/shared/run/sample-row.ts';
import { storeStatistics } from '../../src/shared/statistics/columns/store-statistics.ts';
import type { StoredStatistics } from '../../src/shared/statistics/columns/stored-statistics.ts';
import { ShardStatisticsBuilder } from '../../src/worker/shard/shard-statistics-builder.ts';
import { type RandomSample, randomSamples } from '../../test/support/random-rows.ts';
import { seededRandom } from './random.ts';
import { StampedBytes, stamps } from './stamped-bytes.ts';

export const shardSize = 256;
export const templateClasses = 80;
/** As many as `val` keeps of an image. */
const candidatesEach = 300;

/** The files of a shard, with stamps where its number comes. */
export interface ShardTemplate {
  readonly rows: StampedBytes;
  readonly objects: StampedBytes;
  readonly part: string;
  readonly statistics: StoredStatistics;
  readonly columns: StampedBytes;
  /** Without keys, which the stamps make. */
  readonly samples: readonly SampleRow[];
}

/**
 * A shard of 256 seeded images with labels, 300 candidates each, judged by the evaluation itself; what maps would say of its objects is made up. A model that `isLater`
 * scores the same images otherwise.
 */
export function shardTemplate(spec: RunSpec, seed: number, isLater: boolean): ShardTemplate {
  const plan = { count: shardSize, seed, classes: templateClasses, gridSize: 16 };
  const random = seededRandom(seed + 1);
  const other = seededRandom(seed + (isLater ? 1000 : 2000));
  const samples = randomSamples(plan).map((sample) => labeledSample(sample, random, other));
  const rows = samples.map(({ row }) => row);
  const statistics = new ShardStatisticsBuilder(stamps.shard);
  for (const { row, maps } of samples) statistics.add(row, maps);
  const stored = storeStatistics(statistics.build());
  const columns = {
    ...{ shard: stamps.shard, classNames: spec.model.classNames, labels: true },
    layers: spec.targetLayers.map(({ column }) => column),
    measureColumns: measureColumnsOf(spec),
  };
  const { part, objects } = evaluated(spec, rows, other);
  return {
    rows: new StampedBytes(encodeRows(rows, columns)),
    objects: new StampedBytes(encodeObjects(objects, spec.model.classNames)),
    part: JSON.stringify(part),
    statistics: stored,
    columns: new StampedBytes(stored.columns),
    samples: rows,
  };
}

type Random = () => number;

/** Pictures and labels come from `random`, what a model makes of them from `other`. */
function labeledSample({ row, maps }: RandomSample, random: Random, other: Random): RandomSample {
  const number = String(row.row).padStart(3, '0');
  const picture = {
    key: `images/${stamps.text}/${number}.jpg`,
    sizeBytes: stamps.picture * 2 ** 16 + row.row,
  };
  if (row.status !== 'success') return { row: { ...row, ...picture } };
  const labels = labelsOf(row.detections, random);
  const inputs = ['brightness', 'contrast', 'sharpness', 'colorfulness'];
  const measures = {
    ...row.measures,
    ...Object.fromEntries(inputs.map((name) => [name, 0.2 + random() / 2])),
    confidence: other(),
  };
  const found = row.detections.flatMap((one): Detection[] =>
    other() < 0.15 ? [] : [{ ...one, score: Math.fround(0.26 + 0.7 * other()) }],
  );
  const detections = found.sort((a, b) => b.score - a.score);
  return { row: { ...row, ...picture, detections, measures, labels }, ...(maps && { maps }) };
}

/** Most boxes lie on a label, and some labels have none. */
function labelsOf(detections: readonly Detection[], random: Random): SampleLabels {
  const objects = detections.flatMap(({ box, classId }) => {
    if (random() < 0.2) return [];
    const move = (random() - 0.5) * 0.3 * (box[2] - box[0]);
    return [{ classId, box: [box[0] + move, box[1], box[2] + move, box[3]] as Xyxy }];
  });
  return { status: objects.length > 0 ? 'labeled' : 'background', objects, remarks: [] };
}

function evaluated(spec: RunSpec, rows: readonly SampleRow[], random: Random) {
  const setup = evaluationSetup(spec);
  const sums = new EvaluationSums(precisionFormsOf(spec));
  const candidates = {
    images: rows.length,
    of: (row: number) => candidatesOf(rows[row] as SampleRow, random),
  };
  sums.addGroups(rows.map(({ key }) => key));
  const objects: ObjectRow[] = [];
  for (const row of rows) {
    const image = { spec, setup, shard: stamps.shard, row, group: row.key };
    const { judged, objects: bare } = evaluateImage({ ...image, changed: false, candidates });
    const trusted = bare.map((one) => ({ ...one, trust: trustOf(random) }));
    sums.addImage({ ...judged, objects: trusted });
    objects.push(...trusted);
  }
  const part: EvaluatedPart = {
    schema: 'evaluated@1',
    ...{ runId: spec.runId, shard: stamps.shard, setup, sums: sums.pack() },
  };
  return { part, objects };
}

/** The detections, and below them boxes anywhere. */
function candidatesOf({ detections, geometry }: SampleRow, random: Random): SampleCandidates {
  const { inputWidth, inputHeight } = geometry as LetterboxGeometry;
  const own = detections.map((one) => ({
    ...{ classId: one.classId, score: one.score },
    box: inInput(one.box, geometry as LetterboxGeometry),
  }));
  const low = Array.from({ length: candidatesEach - own.length }, () => {
    const [x, y] = [random() * inputWidth, random() * inputHeight];
    const box = [x, y, x + random() * 30, y + random() * 30];
    return {
      classId: Math.floor(random() * templateClasses),
      score: 0.001 + random() ** 4 / 4,
      box,
    };
  });
  const all = [...own, ...low].sort((a, b) => b.score - a.score);
  return {
    ...{ count: all.length, cut: 1 },
    classIds: Int32Array.from(all, ({ classId }) => classId),
    scores: Float32Array.from(all, ({ score }) => score),
    boxes: Float32Array.from(all.flatMap(({ box }) => box)),
  };
}

function inInput(box: Xyxy, { width, height, newWidth, newHeight, left, top }: LetterboxGeometry) {
  const [x, y] = [newWidth / width, newHeight / height];
  return [box[0] * x + left, box[1] * y + top, box[2] * x + left, box[3] * y + top];
}

function trustOf(random: Random): ObjectTrust {
  const [share, area] = [random(), 0.01 + random() / 4];
  return {
    ...{ share, area, lift: share / area, attainable: (share - area) / (1 - area) },
    ...{ otherImagesLift: random() * 4, relevanceRank: random(), coverage: random() * 3 },
    pointed: random() < share,
  };
}
