import type {
  ClassTrust,
  Confusion,
  Evaluation,
  OperatingPoint,
} from '../../src/evaluate/result/evaluation.ts';
import type { Figure } from '../../src/evaluate/result/figure.ts';
import {
  type ObjectRow,
  type ObjectSize,
  objectSizes,
} from '../../src/evaluate/result/object-row.ts';
import type { Detection, Xyxy } from '../../src/shared/run/detection.ts';
import type { LabeledObject } from '../../src/shared/run/labels/sample-labels.ts';
import type { RunSpec } from '../../src/shared/run/run-spec.ts';
import type { SampleRow } from '../../src/shared/run/sample-row.ts';
import { seededRandom } from './seeded-random.ts';

/** Rows with made labels: most objects as they were found, some of another class or elsewhere, some not found, some without a label. */
export function withLabels(rows: readonly SampleRow[], classes: number): SampleRow[] {
  const random = seededRandom(5);
  return rows.map((row) => {
    if (row.status !== 'success') return row;
    const objects = row.detections.flatMap((one): LabeledObject[] => {
      const [fate, shift] = [random(), 0.1 * random()];
      if (fate < 0.25) return [];
      const label = { classId: one.classId, box: moved(one.box, fate < 0.4 ? 0.5 : shift) };
      const forms = { ...(one.mask && { polygons: one.mask.polygons }) };
      return fate < 0.5
        ? [{ ...label, ...forms, classId: (one.classId + 1) % classes }]
        : [{ ...label, ...forms }];
    });
    const missed = { classId: Math.floor(random() * classes), box: [400, 300, 460, 340] as const };
    const all = row.row % 5 === 0 ? [] : [...objects, missed];
    const status = all.length > 0 ? 'labeled' : 'background';
    return { ...row, labels: { status, objects: all, remarks: [] } };
  });
}

function moved([left, top, right, bottom]: Xyxy, share: number): Xyxy {
  const [x, y] = [(right - left) * share, (bottom - top) * share];
  return [left + x, top + y, right + x, bottom + y];
}

/**
 * An evaluation as labels, boxes and a plain matching make it (greedy by confidence, IoU 0.5), with made average precision, intervals and trust: what a page shows, and
 * nothing to compare a model by.
 */
export function madeEvaluation(
  spec: RunSpec,
  rows: readonly SampleRow[],
  shardSize = 256,
): { evaluation: Evaluation; objects: ObjectRow[] } {
  const objects = rows.flatMap((row, i) => judged(row, Math.floor(i / shardSize)));
  const labeled = rows.filter(({ labels }) => labels?.status === 'labeled');
  const empty = rows.filter(({ labels }) => labels?.status === 'background');
  const { classNames } = spec.model;
  const trusted = objects.some(({ trust }) => trust !== undefined);
  const classes = classNames.map((name, classId) => {
    const own = objects.filter((one) => one.classId === classId);
    const point = operatingPoint(own);
    return {
      ...{ ...point, classId, name, labels: point.tp + point.fn, images: labeled.length },
      precisions: [made(point.precision.value, point.tp + point.fn)],
      sizes: objectSizes.map((size) => sized(own, size)),
      ...(trusted && { trust: trustOf(own) }),
    };
  });
  const whole = operatingPoint(objects);
  const detection = {
    ...{ ...whole, unjudged: 0, precisions: [made(0.553, whole.tp + whole.fn, true)] },
    ...{ apName: 'mAP', confusions: confusionsOf(objects), classes },
    candidates: {
      ...{ confThreshold: 0.001, iouThreshold: 0.7, maxDetections: 300, cutImages: 2, exact: true },
    },
    sizes: objectSizes.map((size) => sized(objects, size)),
    ...(trusted && { trust: trustOf(objects) }),
    background: {
      images: empty.length,
      lit: empty.filter(({ detections }) => detections.length > 0).length,
      litShare: ratio(empty.filter(({ detections }) => detections.length > 0).length, empty.length),
      falsePositives: {
        value: empty.reduce((sum, { detections }) => sum + detections.length, 0) / empty.length,
        ...{ n: empty.length, of: 'images' as const },
      },
    },
  };
  const evaluation: Evaluation = {
    ...{ schema: 'evaluation@1', evaluationId: 'e'.repeat(12), runId: spec.runId },
    rules: { iouThreshold: 0.5, group: 'image', version: 1, like: 'Ultralytics 8.4.176' },
    confThreshold: spec.options.confThreshold,
    labels: {
      ...{ digest: '7'.repeat(64), source: 'labels', unusable: 0, failed: 0 },
      ...{ labeled: labeled.length, background: empty.length, objects: whole.tp + whole.fn },
    },
    objects: { rows: objects.length, parts: [] },
    groups: { by: 'image', count: labeled.length + empty.length },
    detection,
    blocks: { hashed: false, names: [], images: [], ratios: {}, without: {} },
    figures: {},
  };
  return { evaluation, objects };
}

function judged(row: SampleRow, shard: number): ObjectRow[] {
  const { labels, detections } = row;
  if (labels === undefined) return [];
  const taken = new Set<number>();
  const place = { shard, row: row.row, key: row.key, group: row.key };
  const found = detections.map((one, detection): ObjectRow => {
    const best = bestOf(one, labels.objects, (i) => !taken.has(i));
    const { box, score, classId } = one;
    const base = { ...place, detection, box, score, classId, size: sizeOf(box) };
    const trust = { trust: madeTrust(row, classId, detection) };
    if (best !== undefined && best.iou >= 0.5) {
      taken.add(best.index);
      return { ...base, ...trust, outcome: 'tp', label: best.index, iou: best.iou };
    }
    const other = bestOf(one, labels.objects, () => true, true);
    if (other === undefined || other.iou < 0.1) {
      return { ...base, ...trust, outcome: 'fp', cause: 'background' };
    }
    const otherClassId = labels.objects[other.index]!.classId;
    const cause = otherClassId === classId ? 'place' : 'class';
    return { ...base, ...trust, outcome: 'fp', cause, otherClassId, iou: other.iou };
  });
  const missed = labels.objects.flatMap(({ classId, box }, label): ObjectRow[] =>
    taken.has(label)
      ? []
      : [
          {
            ...{ ...place, label, box, classId, outcome: 'fn', cause: 'background' },
            ...{ size: sizeOf(box), labelBox: box, trust: madeTrust(row, classId, label + 100) },
          },
        ],
  );
  return [...found, ...missed];
}

function madeTrust(row: SampleRow, classId: number, seed: number): NonNullable<ObjectRow['trust']> {
  const random = seededRandom(row.row * 1000 + seed + classId);
  return { lift: 0.5 + 3 * random(), otherImagesLift: 1 + 0.2 * random() };
}

function bestOf(
  one: Detection,
  labels: readonly LabeledObject[],
  isFree: (index: number) => boolean,
  anyClass = false,
) {
  let best: { index: number; iou: number } | undefined;
  labels.forEach((label, index) => {
    if (!isFree(index) || (!anyClass && label.classId !== one.classId)) return;
    const iou = overlap(one.box, label.box);
    if (iou > (best?.iou ?? 0)) best = { index, iou };
  });
  return best;
}

function overlap(a: Xyxy, b: Xyxy): number {
  const across = Math.max(0, Math.min(a[2], b[2]) - Math.max(a[0], b[0]));
  const down = Math.max(0, Math.min(a[3], b[3]) - Math.max(a[1], b[1]));
  const area = (box: Xyxy) => (box[2] - box[0]) * (box[3] - box[1]);
  return (across * down) / (area(a) + area(b) - across * down);
}

function sizeOf([left, top, right, bottom]: Xyxy): ObjectSize {
  const area = (right - left) * (bottom - top);
  if (area < 32 * 32) return 'small';
  return area < 96 * 96 ? 'medium' : 'large';
}

function operatingPoint(objects: readonly ObjectRow[]): OperatingPoint {
  const of = (outcome: ObjectRow['outcome']) =>
    objects.filter((one) => one.outcome === outcome).length;
  const [tp, fp, fn] = [of('tp'), of('fp'), of('fn')] as const;
  return {
    ...{ tp, fp, fn, precision: ratio(tp, tp + fp), recall: ratio(tp, tp + fn) },
    f1: ratio(2 * tp, 2 * tp + fp + fn),
  };
}

/** With an interval about as wide as that of a share. */
function ratio(numerator: number, n: number): Figure {
  if (n === 0) return { value: null, n, of: 'objects', why: 'There is nothing to count.' };
  const value = numerator / n;
  const half = 2 * Math.sqrt((value * (1 - value)) / n);
  const interval: [number, number] = [Math.max(0, value - half), Math.min(1, value + half)];
  return { value, n, of: 'objects', groups: 50, interval };
}

function sized(objects: readonly ObjectRow[], size: ObjectSize) {
  const point = operatingPoint(objects.filter((one) => one.size === size));
  return { ...point, size, labels: point.tp + point.fn };
}

function made(value: number | null, n: number, withCurve = false) {
  const figure = (ap: number | null): Figure =>
    ap === null
      ? { value: null, n, of: 'objects', why: 'There is nothing to count.' }
      : { value: ap, n, of: 'objects', groups: 50, interval: [ap * 0.9, Math.min(1, ap * 1.1)] };
  const thresholds = Array.from({ length: 101 }, (_, i) => i / 100);
  const curve = {
    thresholds,
    precision: thresholds.map((t) => 0.2 + 0.8 * Math.sqrt(t)),
    recall: thresholds.map((t) => 0.95 * (1 - t ** 3)),
    f1: thresholds.map((t) => 0.3 + 0.5 * Math.sin(Math.PI * Math.min(1, t + 0.1))),
  };
  return {
    ...{ form: 'box' as const, ap50: figure(value) },
    ap50To95: figure(value === null ? null : value / 2),
    best: { threshold: 0.412, f1: 0.8, precision: 0.77, recall: 0.83 },
    ...(withCurve && { curve }),
  };
}

function confusionsOf(objects: readonly ObjectRow[]): Confusion[] {
  const counts = new Map<string, Confusion>();
  const add = (predicted: number | null, labeled: number | null) => {
    const known = counts.get(`${predicted}/${labeled}`)?.count ?? 0;
    counts.set(`${predicted}/${labeled}`, { predicted, labeled, count: known + 1 });
  };
  for (const { outcome, cause, classId, otherClassId = null } of objects) {
    if (outcome === 'tp') add(classId, classId);
    if (outcome === 'fp') add(classId, cause === 'class' ? otherClassId : null);
    if (outcome === 'fn') add(null, classId);
  }
  return [...counts.values()];
}

function trustOf(objects: readonly ObjectRow[]): ClassTrust {
  const of = (chosen: readonly ObjectRow[]) => {
    const mean = (values: number[]): Figure =>
      values.length === 0
        ? { value: null, n: 0, of: 'objects', why: 'There is no such object.' }
        : {
            value: values.reduce((a, b) => a + b, 0) / values.length,
            n: values.length,
            of: 'objects',
            interval: [1, 3],
          };
    const lift = mean(chosen.flatMap(({ trust }) => trust?.lift ?? []));
    const otherImagesLift = mean(chosen.flatMap(({ trust }) => trust?.otherImagesLift ?? []));
    const none = mean([]);
    return {
      ...{ objects: chosen.length, lift, otherImagesLift, attainable: none, pointed: none },
      ...{ relevanceRank: none, coverage: none },
    };
  };
  const by = (outcome: ObjectRow['outcome']) => objects.filter((one) => one.outcome === outcome);
  const missed = by('fn');
  const looked = missed.filter(({ trust }) => (trust?.lift ?? 0) > 1).length;
  return {
    ...{ tp: of(by('tp')), fp: of(by('fp')), fn: of(missed), labels: of([...by('tp'), ...missed]) },
    ...{ missedLookedAt: looked, missedNotLookedAt: missed.length - looked },
    lookedAtMisses: ratio(looked, missed.length),
  };
}
