import type { StoredCandidates } from '../../shared/results/candidates/decode-candidates.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { EvaluationSetup } from '../merge/evaluation-setup.ts';
import type { JudgedImage } from '../merge/evaluation-sums.ts';
import type { ObjectRow } from '../result/object-row.ts';
import { classifiedImage } from './classified-image.ts';
import { judgeImage } from './judge-image.ts';
import { objectOverlaps } from './object-overlaps.ts';
import { precisionImage } from './precision-image.ts';
import { rankClasses } from './rank-classes.ts';

export interface ImageToEvaluate {
  readonly spec: RunSpec;
  readonly setup: EvaluationSetup;
  readonly shard: number;
  /** With the labels that count. */
  readonly row: SampleRow;
  readonly group: string;
  /** The labels are others than those that the run read. */
  readonly changed: boolean;
  /** Of its shard; absent where the run keeps none. */
  readonly candidates?: StoredCandidates | undefined;
}

export interface EvaluatedImage {
  readonly judged: JudgedImage;
  readonly objects: readonly ObjectRow[];
}

/** Judges one image: its rows of the table of objects, and what it adds to the sums. Pure. */
export function evaluateImage(image: ImageToEvaluate): EvaluatedImage {
  const { spec, row, group, changed } = image;
  const { key, labels } = row;
  if (row.status !== 'success') {
    const nothing = { objects: [], confusions: [] };
    return { judged: { key, group, labels: undefined, changed, ...nothing }, objects: [] };
  }
  const common = { key, group, labels, changed };
  if (traitsOf(spec.model.task).classifies) {
    const ranked = rankClasses(row);
    const place = { shard: image.shard, row: row.row, key, group };
    const objects = classifiedImage(ranked.objects, row, place);
    return { judged: { ...common, ...ranked }, objects };
  }
  const objects = objectsOf(image);
  const confusions = confusionsOf(objects);
  const precision = precisionImage(image, row, image.candidates);
  const judged = { ...common, objects, confusions, evidence: row.evidence, precision };
  return { judged, objects };
}

function objectsOf({ setup, shard, row, group }: ImageToEvaluate): ObjectRow[] {
  const { confThreshold, rules } = setup;
  const { detections, labels, key, row: index } = row;
  const judged = judgeImage({
    detections: above(detections, confThreshold),
    labels,
    overlap: objectOverlaps,
    iouThreshold: rules.iouThreshold,
  });
  return judged.map((one) => ({ shard, row: index, key, group, ...one }));
}

/** They come best first, so that places among them are places in the row. */
function above(detections: readonly Detection[], confThreshold: number): readonly Detection[] {
  const end = detections.findIndex(({ score }) => !(score > confThreshold));
  return end < 0 ? detections : detections.slice(0, end);
}

/**
 * Each box and each label once. A box without a label of its class that lies on a missed one of another class is a confusion of the two; other boxes and labels
 * are left to the background.
 */
function confusionsOf(objects: readonly ObjectRow[]): JudgedImage['confusions'] {
  const missed = new Set(objects.flatMap((one) => (one.outcome === 'fn' ? [one.label] : [])));
  const boxes = objects.flatMap((one): JudgedImage['confusions'] => {
    const { outcome, cause, classId, label, otherClassId } = one;
    if (outcome === 'tp') return [[classId, classId]];
    if (outcome !== 'fp') return [];
    return [[classId, cause === 'class' && missed.delete(label) ? otherClassId : undefined]];
  });
  const rest = objects.flatMap(({ outcome, classId, label }): JudgedImage['confusions'] =>
    outcome === 'fn' && missed.has(label) ? [[undefined, classId]] : [],
  );
  return [...boxes, ...rest];
}
