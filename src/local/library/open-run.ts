import type { Summary } from '../../report/summary/summary-schema.ts';
import type { StoredRow } from '../../shared/results/sample-row-parquet.ts';
import type { ClassScore, Detection } from '../../shared/run/detection.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { StoreOptions } from '../../shared/storage/open-store.ts';
import type { LayerMaps } from './heatmap.ts';
import type { Named } from './named.ts';

export interface OpenRunOptions extends StoreOptions {
  /** Id, name, beginning of the id, or `latest`, which it is when left out. */
  readonly run?: string;
}

/** One image of a run: its row of `images/`. */
export interface ImageRow extends StoredRow {
  /** Best first; empty for a classifier. */
  readonly detections: readonly Named<Detection>[];
  /** Up to five, best first; empty for a detector. */
  readonly classScores: readonly Named<ClassScore>[];
}

/** A summarized run. Its files are read when they are asked for. */
export interface FinishedRun {
  readonly runId: string;
  /** URI of the results. */
  readonly out: string;
  /** `run.json`: model, dataset, target layers and every option that changes a result. */
  readonly spec: RunSpec;
  /** `summary.json`. Throws `EigenfleetError` `storage` when it cannot be read. */
  summary(): Promise<Summary>;
  /**
   * The images in the order of the manifest; few are in memory at a time.
   *
   * @throws EigenfleetError `storage` for a file that cannot be read.
   */
  rows(): AsyncIterable<ImageRow>;
  /**
   * The maps of one image, one of each target layer.
   *
   * @returns `undefined` when the run has none of it: an image that could not be explained, a run with `maps: false`, a damaged file.
   */
  maps(row: ImageRow): Promise<readonly LayerMaps[] | undefined>;
}

/**
 * Opens a run that is finished, whoever explained it: `run`, the command line or a fleet.
 *
 * @param out Where the results are: a folder or `s3://bucket/prefix`.
 * @throws EigenfleetError `usage` when there is no such run, `incomplete` when it is not finished, `storage` when it cannot be read.
 */
export async function openRun(out: string, options: OpenRunOptions = {}): Promise<FinishedRun> {
  const { openFinishedRun } = await import('./open-finished-run.ts');
  return openFinishedRun(out, options);
}
