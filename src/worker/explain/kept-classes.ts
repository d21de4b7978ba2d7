import type { ClassScore, Detection } from '../../shared/run/detection.ts';
import { countedObjects, type SampleLabels } from '../../shared/run/labels/sample-labels.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';

/** What was found in an image, and what its labels say. */
export interface Found {
  readonly detections: readonly Detection[];
  readonly classScores: readonly ClassScore[];
  /** Absent where the dataset has no labels. */
  readonly labels?: SampleLabels | undefined;
}

/** Where nothing else is asked for, this many classes of an image, those with the highest scores, and all that are labeled. */
const mostFound = 4;

/** Whether the same classes are kept with other labels, and the same ones go first where not all of their maps fit. */
export function keepsSameClasses(
  { classes }: Pick<ExplainOptions, 'classes'>,
  found: Found,
  labels: SampleLabels | undefined,
): boolean {
  if (classes?.[0] !== 'found') return true;
  const [then, now] = [found.labels, labels].map((one) => new Set(labeledClasses(one)));
  const isSame = then?.size === now?.size && [...(then ?? [])].every((id) => now?.has(id));
  return isSame && found.labels?.status === labels?.status;
}

/**
 * The labeled classes too, or a miss would have no map to say whether the model looked at it. Of background where nothing was found, the class that speaks up most: whether it
 * lights up.
 */
export function wantedClasses(
  { classes }: Pick<ExplainOptions, 'classes'>,
  { detections, classScores, labels }: Found,
  strongestClass: () => number | undefined,
): (classId: number) => boolean {
  if (classes?.[0] !== 'found') return () => true;
  const best = [...new Set([...detections, ...classScores].map(({ classId }) => classId))];
  const kept = new Set([...best.slice(0, mostFound), ...labeledClasses(labels)]);
  if (kept.size === 0 && labels?.status === 'background') {
    const classId = strongestClass();
    if (classId !== undefined) kept.add(classId);
  }
  return (classId) => kept.has(classId);
}

export function labeledClasses(labels: SampleLabels | undefined): number[] {
  return labels === undefined ? [] : countedObjects(labels).map(({ classId }) => classId);
}
