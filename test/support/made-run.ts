import { flagsOf } from '../../src/shared/catalog/flag-catalog.ts';
import type { Detection, Xyxy } from '../../src/shared/run/detection.ts';
import type { RunSpec } from '../../src/shared/run/run-spec.ts';
import type { SampleRow } from '../../src/shared/run/sample-row.ts';
import type { Task } from '../../src/shared/run/task-traits.ts';
import { storeStatistics } from '../../src/shared/statistics/columns/store-statistics.ts';
import type { ShardStatistics } from '../../src/shared/statistics/shard-statistics.ts';
import { StatisticsAccumulator } from '../../src/shared/statistics/statistics-accumulator.ts';
import { ShardStatisticsBuilder } from '../../src/worker/shard/shard-statistics-builder.ts';
import { defaultFlagThresholds } from './default-thresholds.ts';
import { seededRandom } from './seeded-random.ts';

/** Two layers of a model with an input of 320 x 320. */
export const madeLayers = [
  {
    name: 'model.15',
    column: 'model_15',
    tensor: 'a',
    channels: 64,
    gridHeight: 20,
    gridWidth: 20,
  },
  {
    name: 'model.21',
    column: 'model_21',
    tensor: 'b',
    channels: 256,
    gridHeight: 10,
    gridWidth: 10,
  },
] as const;

export interface MadeSpecOptions {
  readonly images?: number;
  readonly shardSize?: number;
  readonly classNames?: readonly string[];
  readonly name?: string;
  readonly task?: Task;
  readonly maps?: boolean;
}

/** The spec of a run that was never made. */
export function madeSpec(options: MadeSpecOptions = {}): RunSpec {
  const { images = 24, shardSize = 256, name = 'cells', task = 'detect', maps = true } = options;
  return {
    schema: 'run@2',
    runId: 'a1b2c3d4e5f6',
    plannedAt: '2026-11-24T10:00:00.000Z',
    model: {
      uri: 'file:///models/cells.onnx',
      sha256: '5'.repeat(64),
      sizeBytes: 1000,
      task,
      classNames: [...(options.classNames ?? ['RBC', 'WBC', 'Platelets'])],
      inputHeight: 320,
      inputWidth: 320,
      description: '',
    },
    targetLayers: [...madeLayers],
    dataset: {
      rootUri: 'file:///images',
      source: 'images',
      name,
      images,
      shards: Math.ceil(images / shardSize),
      sizeBytes: 1000,
      digest: '6'.repeat(64),
    },
    options: {
      targetLayers: madeLayers.map((layer) => layer.name),
      components: [1],
      fusion: 'mean',
      sign: 'l2',
      padding: 'exclude',
      confThreshold: 0.25,
      iouThreshold: 0.7,
      maxDetections: 300,
      resize: 'exact',
      overlays: { all: false, flagged: false, sample: 0 },
      colorMap: 'heat',
      maps,
      shardSize,
      maxPixels: 1e8,
      flags: defaultFlagThresholds,
    },
    versions: { eigenfleet: '0.1.0' },
    command: 'eigenfleet run --model cells.onnx --images images --out out',
  };
}

export interface MadeRowsOptions {
  readonly images: number;
  readonly seed?: number;
  readonly shardSize?: number;
  readonly classes?: number;
  readonly task?: Task;
  /** Key of the image with this number. */
  readonly keyOf?: (index: number) => string;
  /** Status and reason of the images that failed. */
  readonly failed?: (index: number) => Pick<SampleRow, 'status' | 'reason'> | undefined;
  /** Measures that are put over the made ones. */
  readonly measures?: (index: number) => Readonly<Partial<Record<string, number>>>;
  /** Objects on an image; 0 to 8 when left out. */
  readonly objects?: (index: number) => number;
  /** What an object has beyond its box. */
  readonly formOf?: (box: Xyxy) => Partial<Detection>;
}

/** Rows of images of 640 x 480 with made values, the same for the same seed. */
export function madeRows(options: MadeRowsOptions): SampleRow[] {
  const random = seededRandom(options.seed ?? 1);
  const { shardSize = 256 } = options;
  return Array.from({ length: options.images }, (_, index): SampleRow => {
    const key = options.keyOf?.(index) ?? `image-${String(index).padStart(5, '0')}.jpg`;
    const base = { key, sizeBytes: 10, etag: 'e', row: index % shardSize, overlay: false };
    const nothing = { detections: [], classScores: [], measures: {}, flags: [], mapScale: {} };
    const failure = options.failed?.(index);
    if (failure) return { ...base, ...nothing, ...failure };
    return { ...base, ...madeContent(index, random, options) };
  });
}

type Content = Omit<SampleRow, 'key' | 'sizeBytes' | 'etag' | 'row' | 'overlay'>;

function madeContent(index: number, random: () => number, options: MadeRowsOptions): Content {
  const { classes = 3, task = 'detect' } = options;
  const objects = task === 'classify' ? 0 : (options.objects?.(index) ?? Math.floor(random() * 9));
  const detections = Array.from({ length: objects }, () => {
    const [x, y] = [random() * 500, random() * 380] as const;
    const box = [x, y, x + 40 + random() * 100, y + 30 + random() * 70] as const;
    const score = 0.3 + random() * 0.7;
    const classId = Math.floor(random() * classes);
    return { box, score, classId, ...options.formOf?.(box) };
  });
  const classScores =
    task === 'classify'
      ? [{ classId: Math.floor(random() * classes), score: 0.5 + random() / 2 }]
      : [];
  const measures: Record<string, number> = madeMeasures(random, objects);
  Object.assign(measures, options.measures?.(index));
  const flags = flagsOf(measures, {
    thresholds: defaultFlagThresholds,
    findsObjects: task !== 'classify',
  });
  return {
    status: 'success',
    geometry: {
      ...{ width: 640, height: 480, newWidth: 320, newHeight: 240, left: 0, top: 40 },
      ...{ inputWidth: 320, inputHeight: 320 },
    },
    ...{ detections, classScores, measures, flags },
    mapScale: { model_15: [1], model_21: [1] },
  };
}

function madeMeasures(random: () => number, objects: number): Record<string, number> {
  const area = objects === 0 ? 0 : 0.2 + random() * 0.3;
  const energy = Math.min(1, area * (1.1 + random()));
  const boxes = {
    energy_in_boxes_fused: energy,
    box_lift_fused: energy / area,
    box_attainable_fused: (energy - area) / (1 - area),
    peak_in_boxes_fused: random(),
    confidence: 0.4 + random() * 0.5,
  };
  return {
    entropy_fused: 0.8 + random() * 0.15,
    border_share_fused: random() * 0.2,
    border_lift_fused: 0.3 + random(),
    center_x_fused: 0.3 + random() * 0.4,
    center_y_fused: 0.3 + random() * 0.4,
    explained_variance_model_15: 0.2 + random() * 0.3,
    explained_variance_model_21: 0.4 + random() * 0.3,
    residual_model_15: 0.001,
    residual_model_21: 0.001,
    sign_margin_model_15: 0.5 + random() * 0.5,
    sign_margin_model_21: 0.5 + random() * 0.5,
    layer_agreement: random() * 0.8,
    box_area: area,
    detections: objects,
    ...(objects > 0 && boxes),
  };
}

/** Statistics of each shard of the rows, with smooth made maps. */
export function madeShardStatistics(
  rows: readonly SampleRow[],
  shardSize = 256,
  withMaps = true,
): ShardStatistics[] {
  const shards: ShardStatistics[] = [];
  for (let start = 0; start < rows.length; start += shardSize) {
    const builder = new ShardStatisticsBuilder(start / shardSize);
    for (const row of rows.slice(start, start + shardSize)) {
      const fine = { map: madeMap(20, row.row, false), gridWidth: 20, gridHeight: 20 };
      const coarse = { map: madeMap(10, row.row, false), gridWidth: 10, gridHeight: 10 };
      const layers = [
        { column: 'model_15', ...fine },
        { column: 'model_21', ...coarse },
      ];
      builder.add(row, withMaps ? { fused: fine, layers } : undefined);
    }
    shards.push(builder.build());
  }
  return shards;
}

/** Maps that were made: a report takes that of an image for its files and twice for statistics. */
const made = new Map<string, Float32Array>();

/** A hill somewhere on a square grid, in [0, 1]; or noise. Not to be written to. */
export function madeMap(size: number, seed: number, noise: boolean): Float32Array {
  const name = `${size} ${seed} ${noise}`;
  const map = made.get(name) ?? (noise ? noiseMap(size, seed) : hillMap(size, seed));
  made.set(name, map);
  return map;
}

function noiseMap(size: number, seed: number): Float32Array {
  const random = seededRandom(seed + 1);
  return new Float32Array(size * size).map(() => random());
}

function hillMap(size: number, seed: number): Float32Array {
  const random = seededRandom(seed + 1);
  const [x, y] = [random() * size, random() * size];
  const map = new Float32Array(size * size);
  for (let i = 0; i < map.length; i++) {
    const distance = Math.hypot((i % size) - x, Math.floor(i / size) - y) / size;
    map[i] = Math.exp(-8 * distance * distance);
  }
  return map;
}

/** All statistics of the rows; without maps they are made much faster. */
export function madeStatistics(
  rows: readonly SampleRow[],
  shardSize = 256,
  withMaps = true,
): ShardStatistics {
  return mergedStatistics(madeShardStatistics(rows, shardSize, withMaps));
}

/** Statistics merged in the given order. */
export function mergedStatistics(parts: readonly ShardStatistics[]): ShardStatistics {
  const accumulator = new StatisticsAccumulator();
  for (const part of parts) accumulator.merge(storeStatistics(part));
  return accumulator.build();
}
