import { iouThresholds } from '../../src/evaluate/matching/iou-thresholds.ts';
import type { PrecisionImage } from '../../src/evaluate/precision/precision-accumulator.ts';
import { seededRandom } from './seeded-random.ts';

/** One candidate with its outcome at each of ten thresholds. */
export interface MadeCandidate {
  readonly classId: number;
  readonly score: number;
  readonly bits: number;
}

export interface MadeImage {
  readonly candidates: readonly MadeCandidate[];
  readonly labelIds: readonly number[];
  readonly block: number;
}

export interface MadePlan {
  readonly seed: number;
  readonly images: number;
  readonly classes: number;
  readonly perImage: number;
  readonly blocks: number;
  /** Scores are multiples of it; 0 for none. */
  readonly step?: number;
}

/** Images whose true positives have higher scores than the others, in part, and fewer of them at higher thresholds. */
export function madeImages({
  seed,
  images,
  classes,
  perImage,
  blocks,
  step = 0,
}: MadePlan): MadeImage[] {
  const random = seededRandom(seed);
  return Array.from({ length: images }, (_, image) => {
    const labelIds = Array.from({ length: Math.floor(random() * (perImage / 4)) }, () =>
      Math.floor(random() * classes),
    );
    const candidates = Array.from({ length: perImage }, (_, i): MadeCandidate => {
      const label = labelIds[i];
      const isFound = label !== undefined && random() < 0.8;
      const raw = isFound ? 0.05 + 0.46 * (random() + random()) : 0.9 * random() ** 4;
      const score = step === 0 ? raw : Math.ceil(raw / step) * step;
      const good = isFound ? Math.floor(random() * 11) : 0;
      return {
        classId: isFound ? label : Math.floor(random() * classes),
        score: Math.max(Math.fround(score), 2 ** -12),
        bits: (1 << good) - 1,
      };
    });
    return { candidates, labelIds, block: image % blocks };
  });
}

/** As the accumulator takes it; forms beyond the first have the same outcomes. */
export function precisionImage(
  { candidates, labelIds, block }: MadeImage,
  forms = 1,
): PrecisionImage {
  const sorted = candidates.toSorted((a, b) => b.score - a.score);
  const classIds = Int32Array.from(labelIds);
  const bits = Uint16Array.from(sorted, (one) => one.bits);
  return {
    block,
    candidates: {
      count: sorted.length,
      cut: 0,
      classIds: Int32Array.from(sorted, ({ classId }) => classId),
      scores: Float32Array.from(sorted, ({ score }) => score),
      boxes: new Float32Array(4 * sorted.length),
    },
    matched: {
      labels: {
        count: classIds.length,
        indexes: classIds.map((_, i) => i),
        classIds,
        boxes: new Float32Array(4 * classIds.length),
      },
      forms: (['box', 'mask'] as const).slice(0, forms).map((form) => ({ form, bits, lacking: 0 })),
    },
  };
}

/** Average precision of each class that has labels at each threshold, as Ultralytics' `ap_per_class` and `compute_ap` write it, from all candidates in order. */
export function plainPrecision(images: readonly MadeImage[]): Map<number, number[]> {
  const all = images.flatMap(({ candidates }) => candidates).sort((a, b) => b.score - a.score);
  const labels = images.flatMap(({ labelIds }) => labelIds);
  const found = new Map<number, number[]>();
  for (const classId of [...new Set(labels)].sort((a, b) => a - b)) {
    const own = all.filter((one) => one.classId === classId);
    const count = labels.filter((one) => one === classId).length;
    const at = Array.from(iouThresholds, (_, i) =>
      plainAp(
        own.map(({ bits }) => (bits >> i) & 1),
        count,
      ),
    );
    found.set(classId, own.length === 0 ? at.map(() => 0) : at);
  }
  return found;
}

function plainAp(tp: readonly number[], labels: number): number {
  let [positives, i] = [0, 0];
  const recall: number[] = [];
  const precision: number[] = [];
  for (const one of tp) {
    positives += one;
    i += 1;
    recall.push(positives / (labels + 1e-16));
    precision.push(positives / i);
  }
  const x = [0, ...recall, recall.at(-1) ?? 1, 1];
  const y = [1, ...precision, 0, 0];
  for (let j = y.length - 2; j >= 0; j--) y[j] = Math.max(y[j]!, y[j + 1]!);
  const grid = Array.from({ length: 101 }, (_, j) => (j === 100 ? 1 : j * 0.01));
  const values = grid.map((at) => interpolated(at, x, y));
  return values
    .slice(1)
    .reduce((sum, value, j) => sum + ((grid[j + 1]! - grid[j]!) * (value + values[j]!)) / 2, 0);
}

/** `numpy.interp`: of several like x the last one counts. */
function interpolated(at: number, x: readonly number[], y: readonly number[]): number {
  const j = x.findLastIndex((value) => value <= at);
  if (j === x.length - 1) return y[j]!;
  return y[j]! + ((y[j + 1]! - y[j]!) * (at - x[j]!)) / (x[j + 1]! - x[j]!);
}
