import { EigenfleetError } from '../../shared/errors.ts';
import type { StoredCandidates } from '../../shared/results/candidates/decode-candidates.ts';
import { readStoredCandidates } from '../../shared/results/stored-candidates.ts';
import type { SampleCandidates } from '../../shared/run/candidates.ts';
import type { Detection } from '../../shared/run/detection.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { traitsOf } from '../../shared/run/task-traits.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { placeInInput } from '../matching/input-labels.ts';
import {
  type MatchedCandidates,
  matchCandidates,
  type PrecisionForm,
  precisionForms,
} from '../matching/match-candidates.ts';
import type { EvaluationSetup } from '../merge/evaluation-setup.ts';

/** What average precision takes of an image. */
export interface PrecisionImage {
  readonly candidates: SampleCandidates;
  readonly matched: MatchedCandidates;
}

/** By what overlaps a run is measured: without candidates there are no masks at the size of the model's own. */
export function precisionFormsOf({
  model,
  options,
}: Pick<RunSpec, 'model' | 'options'>): readonly PrecisionForm[] {
  const { classifies, answers } = traitsOf(model.task);
  return classifies || !answers ? [] : precisionForms[shapeOf({ model, options })];
}

function shapeOf({ model, options }: Pick<RunSpec, 'model' | 'options'>) {
  const { shape } = traitsOf(model.task);
  return shape === 'mask' && options.candidates !== true ? 'box' : shape;
}

/** The candidates of a shard; `undefined` where the run keeps none or their file cannot be used. */
export async function candidatesOfShard(
  stored: Pick<ObjectStore, 'get' | 'uri'>,
  spec: RunSpec,
  shard: number,
): Promise<StoredCandidates | undefined> {
  try {
    return await readStoredCandidates(stored, spec, shard);
  } catch (error) {
    if (error instanceof EigenfleetError) return undefined;
    throw error;
  }
}

/**
 * The candidates of an image beside its labels, or, of a run that kept none, its detections. `undefined` where nobody knows what is in the image; `lost` where
 * candidates should be there and are not.
 */
export function precisionImage(
  { spec, setup }: { readonly spec: RunSpec; readonly setup: EvaluationSetup },
  { row: index, status, geometry, labels, detections }: SampleRow,
  stored: StoredCandidates | undefined,
): PrecisionImage | 'lost' | undefined {
  if (status !== 'success' || geometry === undefined) return undefined;
  if (labels === undefined || labels.status === 'unusable') return undefined;
  const candidates =
    spec.options.candidates === true
      ? candidatesOfRow(stored, index)
      : detectionCandidates(
          detections.filter(({ score }) => score > setup.confThreshold),
          geometry,
        );
  if (candidates === undefined) return 'lost';
  const placed = { objects: labels.objects, geometry };
  const { keypointSigmas } = setup.rules;
  const matched = matchCandidates(candidates, placed, shapeOf(spec), keypointSigmas);
  return { candidates, matched };
}

/** `undefined` where they are not there or cannot be used. */
export function candidatesOfRow(
  stored: StoredCandidates | undefined,
  row: number,
): SampleCandidates | undefined {
  try {
    return stored?.of(row);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Detections as candidates, in pixels of the model's input; they were clipped to the image. */
function detectionCandidates(
  detections: readonly Detection[],
  geometry: LetterboxGeometry,
): SampleCandidates {
  const { x, y } = placeInInput(geometry);
  const { width, height, newWidth, newHeight } = geometry;
  const rotated = detections.flatMap((one) => one.rotated ?? []);
  const points = detections.flatMap((one) => one.keypoints ?? []);
  return {
    count: detections.length,
    cut: 0,
    classIds: Int32Array.from(detections, ({ classId }) => classId),
    scores: Float32Array.from(detections, ({ score }) => score),
    boxes: Float32Array.from(
      detections.flatMap(({ box }) => [x(box[0]), y(box[1]), x(box[2]), y(box[3])]),
    ),
    ...(rotated.length > 0 && {
      rotated: Float32Array.from(
        rotated.flatMap(({ centerX, centerY, width: across, height: down, angle }) => [
          ...[x(centerX), y(centerY)],
          ...[across * (newWidth / width), down * (newHeight / height), angle],
        ]),
      ),
    }),
    ...(points.length > 0 && {
      keypoints: Float32Array.from(points.flatMap((one) => [x(one.x), y(one.y), one.visibility])),
    }),
  };
}
