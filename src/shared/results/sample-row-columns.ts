import type { SchemaElement } from 'hyparquet';
import { type Task, traitsOf } from '../run/task-traits.ts';
import { boxMapElements } from './box-maps/box-map-columns.ts';
import { boxElements, classScoreElements } from './detection-columns.ts';
import { evidenceElements } from './evidence-columns.ts';
import { labelColumns } from './label-columns.ts';
import { double, int32, list, text } from './parquet-elements.ts';

/**
 * The columns of a shard's Parquet file. One style throughout: snake case, so that every engine takes them
 * unquoted; no word that SQL reserves. A measure is one DOUBLE column (`entropy_fused`, `entropy_model_15`).
 */
export interface RowColumns {
  readonly shard: number;
  /** Names of the measures, in the order of their columns. */
  readonly measureColumns: readonly string[];
  /** Target layers as columns spell them, each with a `map_scale_<layer>` column. */
  readonly layers: readonly string[];
  /** The run computes class evidence, and has a column for it. */
  readonly withEvidence?: boolean;
  /** The run computes box maps, and has a column for them. */
  readonly withBoxMaps?: boolean;
  /** By class id; written beside the id, so that readers need no second file. */
  readonly classNames: readonly string[];
  /** Decides which fields objects have, and whether there are scores of classes; absent: all of them. */
  readonly task?: Task;
  /** Whether the dataset has labels. */
  readonly labels?: boolean;
}

/** The geometry of a sample, flat. INT32, null when the image could not be decoded. */
export const geometryColumns = [
  'width',
  'height',
  'new_width',
  'new_height',
  'pad_left',
  'pad_top',
  'input_width',
  'input_height',
] as const;

/** The names of `LetterboxGeometry` in the order of `geometryColumns`. */
export const geometryNames = [
  'width',
  'height',
  'newWidth',
  'newHeight',
  'left',
  'top',
  'inputWidth',
  'inputHeight',
] as const;

export const mapScalePrefix = 'map_scale_';

function hasClassScores(task: Task | undefined): boolean {
  return task === undefined || traitsOf(task).classifies;
}

/** Parquet schema, depth first. Types are explicit: guessed ones depend on the first rows and fail on later ones. */
export function rowSchema(columns: RowColumns): SchemaElement[] {
  const elements: SchemaElement[][] = [
    [{ name: 'shard', type: 'INT32', repetition_type: 'REQUIRED' }],
    [{ name: 'shard_row', type: 'INT32', repetition_type: 'REQUIRED' }],
    [text('key', 'REQUIRED')],
    [{ name: 'size_bytes', type: 'INT64', repetition_type: 'REQUIRED' }],
    [text('etag', 'REQUIRED')],
    [text('status', 'REQUIRED')],
    [text('reason', 'OPTIONAL')],
    ...geometryColumns.map((name) => [int32(name, 'OPTIONAL')]),
    // `boxes`, not `detections`: that is the name of the measure that counts them.
    list('boxes', boxElements(columns.task)),
    ...(hasClassScores(columns.task) ? [list('class_scores', classScoreElements)] : []),
    ...(columns.labels ? labelColumns : []),
    list('flags', [text('element', 'REQUIRED')]),
    [int32('map_row', 'OPTIONAL')],
    [{ name: 'overlay', type: 'BOOLEAN', repetition_type: 'REQUIRED' }],
    ...columns.layers.map((layer) =>
      list(mapScalePrefix + layer, [double('element', 'REQUIRED')], 'OPTIONAL'),
    ),
    ...(columns.withEvidence ? [evidenceElements] : []),
    ...(columns.withBoxMaps ? [boxMapElements] : []),
    ...columns.measureColumns.map((name) => [double(name, 'OPTIONAL')]),
  ];
  return [{ name: 'root', num_children: elements.length }, ...elements.flat()];
}
