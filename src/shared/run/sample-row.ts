import type { FlagName } from '../catalog/flag-catalog.ts';
import type { ClassScore, Detection } from './detection.ts';
import type { StoredBoxMap } from './evidence/box-map.ts';
import type { StoredEvidence } from './evidence/class-evidence.ts';
import type { SampleLabels } from './labels/sample-labels.ts';
import type { LetterboxGeometry } from './letterbox-geometry.ts';
import type { Sample, SampleStatus } from './sample.ts';

/** Everything known of one sample after the worker processed it: one row of the shard's Parquet file. */
export interface SampleRow extends Sample {
  /** Position in the shard's manifest, from 0. */
  readonly row: number;
  readonly status: SampleStatus;
  /** One sentence, when the status is not `success`; a remark on an explained image: layers without a map, an overlay that cannot be drawn. */
  readonly reason?: string;
  readonly geometry?: LetterboxGeometry;
  /** Detect: best first. Empty for a classifier. */
  readonly detections: readonly Detection[];
  /** Classify: up to five, best first. Empty for a detector. */
  readonly classScores: readonly ClassScore[];
  /** Column -> value; names in `measure-column.ts`, ranges in `measure-catalog.ts`. A measure that could not be taken is absent. */
  readonly measures: Readonly<Record<string, number>>;
  readonly flags: readonly FlagName[];
  /** Row of this sample in the shard's `maps/<layer>` arrays; absent when it has none. */
  readonly mapRow?: number;
  /** Layer, as columns spell it -> per component the max |value| that the stored float16 map was divided by. */
  readonly mapScale: Readonly<Record<string, readonly number[]>>;
  /** Of the classes that the run's option `classes` chooses; absent in rows of versions before there was any. */
  readonly evidence?: readonly StoredEvidence[];
  /** Of the strongest detections; absent in rows of versions before there were any, and of models that cannot have any. */
  readonly boxMaps?: readonly StoredBoxMap[];
  readonly overlay: boolean;
  /** Absent where the dataset has no labels, and for an image that was not explained. */
  readonly labels?: SampleLabels;
}
