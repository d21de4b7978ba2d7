import { headOf } from '../../model/head/heads.ts';
import type { ImageOutputs } from '../../model/session/image-outputs.ts';
import { candidateRules, type SampleCandidates } from '../../shared/run/candidates.ts';
import { countedObjects, type SampleLabels } from '../../shared/run/labels/sample-labels.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { ExplainOptions } from '../../shared/run/run-spec.ts';

interface Candidature {
  readonly geometry: LetterboxGeometry;
  readonly labels: SampleLabels | undefined;
  readonly options: Pick<ExplainOptions, 'candidates'>;
}

/** The candidates of one image, from the answer that its detections are of; `undefined` where none are wanted, and of an answer without objects. */
export function sampleCandidates(
  { head }: Pick<ImageOutputs, 'head'>,
  { geometry, labels, options }: Candidature,
): SampleCandidates | undefined {
  if (options.candidates !== true) return undefined;
  const labeled = labels === undefined ? 0 : countedObjects(labels).length;
  const maxDetections = Math.max(candidateRules.maxDetections, labeled);
  return headOf(head).candidates?.(head, { input: geometry, maxDetections });
}

/** Its arrays, for a transfer. */
export function candidateArrays({
  classIds,
  scores,
  boxes,
  rotated,
  keypoints,
}: SampleCandidates): ArrayBufferView[] {
  return [classIds, scores, boxes, rotated, keypoints].filter((array) => array !== undefined);
}
