import { frameLayers } from '../../src/maps/fusion.ts';
import { flagsOf } from '../../src/shared/catalog/flag-catalog.ts';
import type { FlagThresholds } from '../../src/shared/catalog/flag-thresholds.ts';
import type { SampleRow } from '../../src/shared/run/sample-row.ts';
import type { SampleMaps } from '../../src/worker/explain/sample-frames.ts';
import { measureSample, type SampleEvidence } from '../../src/worker/measures/measures.ts';
import { defaultFlagThresholds } from './default-thresholds.ts';
import { seededRandom } from './seeded-random.ts';

export interface RandomSample {
  readonly row: SampleRow;
  readonly maps?: SampleMaps;
}

export interface RandomRowsPlan {
  readonly count: number;
  readonly seed: number;
  readonly classes: number;
  /** Finest grid; the two other layers have a half and a quarter of it. */
  readonly gridSize: number;
  readonly thresholds?: FlagThresholds;
}

/** Rows as a worker makes them: some failed, some blank, some without objects, some of equal value, wide and high images. */
export function randomSamples(plan: RandomRowsPlan): RandomSample[] {
  const random = seededRandom(plan.seed);
  return Array.from({ length: plan.count }, (_, row) => randomSample(row, plan, random));
}

function randomSample(row: number, plan: RandomRowsPlan, random: () => number): RandomSample {
  const key = `folder ${Math.floor(random() * 5)}/${row}-${Math.floor(random() * 1e6)}.jpg`;
  const sample = { key, sizeBytes: 1, etag: `e${row}`, row, classScores: [], mapScale: {} };
  const blank = { detections: [], measures: {}, flags: [], overlay: false };
  if (random() < 0.1) {
    const status = random() < 0.5 ? 'failed_to_decode' : 'failed_to_fetch';
    return { row: { ...sample, ...blank, status, reason: `${key} is not an image.` } };
  }
  const evidence = randomEvidence(plan, random);
  const measures = measureSample(evidence);
  const thresholds = plan.thresholds ?? defaultFlagThresholds;
  const flags = flagsOf(measures, { thresholds, findsObjects: true });
  const { geometry, detections } = evidence;
  return {
    row: { ...sample, ...blank, status: 'success', geometry, detections, measures, flags },
    maps: evidence,
  };
}

function randomEvidence(plan: RandomRowsPlan, random: () => number): SampleEvidence {
  const width = 100 + Math.floor(random() * 900);
  const height = 100 + Math.floor(random() * 900);
  const inputSize = plan.gridSize * 8;
  const gain = inputSize / Math.max(width, height);
  const newWidth = Math.round(width * gain);
  const newHeight = Math.round(height * gain);
  const geometry = {
    ...{ width, height, newWidth, newHeight, inputWidth: inputSize, inputHeight: inputSize },
    left: Math.floor((inputSize - newWidth) / 2),
    top: Math.floor((inputSize - newHeight) / 2),
  };
  const objects = random() < 0.2 ? 0 : Math.floor(random() * 8) + 1;
  const detections = Array.from({ length: objects }, () => {
    const left = random() * width * 0.8;
    const top = random() * height * 0.8;
    const right = Math.min(width, left + random() * width * 0.5);
    const bottom = Math.min(height, top + random() * height * 0.5);
    return {
      box: [left, top, right, bottom] as const,
      score: Math.ceil(random() * 20) / 20,
      classId: Math.floor(random() * plan.classes),
    };
  });
  // A constant map now and then: no heat, or ties everywhere.
  const kind = random();
  const gridMap = (gridSize: number) => ({
    gridWidth: gridSize,
    gridHeight: gridSize,
    map: Float32Array.from({ length: gridSize ** 2 }, () => (kind < 0.1 ? 0 : random() ** 2)),
  });
  const layers = ['model_15', 'model_18', 'model_21'].map((column, level) => ({
    ...gridMap(plan.gridSize / 2 ** level),
    column,
    explainedVariance: [random()],
    residual: [random() * 0.012],
    signMargin: [random()],
  }));
  const fused = gridMap(plan.gridSize);
  const maps = layers.map((layer) => ({
    ...{ ...layer, explainedVariance: 1 },
    mask: new Float32Array(layer.map.length).fill(1),
  }));
  const framed = frameLayers({ maps, width: plan.gridSize, height: plan.gridSize });
  const found = { detections, classScores: [], findsObjects: true };
  return { fused, layers, framed, components: [1], ...found, geometry };
}
