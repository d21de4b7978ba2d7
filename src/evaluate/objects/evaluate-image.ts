import type { Detection } from '../../shared/run/detection.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { EvaluationSetup } from '../merge/evaluation-setup.ts';
import type { JudgedImage } from '../merge/evaluation-sums.ts';
import type { ObjectRow } from '../result/object-row.ts';
import { boxOverlap } from './box-overlap.ts';
import { judgeImage } from './judge-image.ts';
import { rankClasses } from './rank-classes.ts';

export interface ImageToEvaluate {
  readonly spec: Pick<RunSpec, 'model'>;
  readonly setup: EvaluationSetup;
  readonly shard: number;
  /** With the labels that count. */
  readonly row: SampleRow;
  readonly group: string;
  /** The labels are others than those that the run read. */
  readonly changed: boolean;
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
    return { judged: { ...common, ...rankClasses(row) }, objects: [] };
  }
  const objects = objectsOf(image);
  const confusions = confusionsOf(objects);
  return { judged: { ...common, objects, confusions, evidence: row.evidence }, objects };
}

function objectsOf({ setup, shard, row, group }: ImageToEvaluate): ObjectRow[] {
  const { confThreshold, rules } = setup;
  const { detections, labels, key, row: index } = row;
  const judged = judgeImage({
    detections: above(detections, confThreshold),
    labels,
    overlap: boxOverlap,
    iouThreshold: rules.iouThreshold,
  });
  return judged.map((one) => ({ shard, row: index, key, group, ...one }));
}

/** They come best first, so that places among them are places in the row. */
function above(detections: readonly Detection[], confThreshold: number): readonly Detection[] {
  const end = detections.findIndex(({ score }) => !(score > confThreshold));
  return end < 0 ? detections : detections.slice(0, end);
}

/** Each box and each label once: found, on the background, or as another class. */
function confusionsOf(objects: readonly ObjectRow[]): JudgedImage['confusions'] {
  return objects.flatMap(({ outcome, classId }): JudgedImage['confusions'] => {
    if (outcome === 'tp') return [[classId, classId]];
    if (outcome === 'fp') return [[classId, undefined]];
    return outcome === 'fn' ? [[undefined, classId]] : [];
  });
}
