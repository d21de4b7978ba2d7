import type { Evaluation } from '../../evaluate/result/evaluation.ts';
import type { ObjectRow } from '../../evaluate/result/object-row.ts';
import { readEvaluation, readObjects } from '../../evaluate/result/stored-evaluation.ts';
import { readFinishedSummary } from '../../report/summary/stored-summary.ts';
import type { Summary } from '../../report/summary/summary-schema.ts';
import { componentPart, mapColumn } from '../../shared/catalog/measure-column.ts';
import { EigenfleetError } from '../../shared/errors.ts';
import { readStoredBoxMaps } from '../../shared/results/box-maps/stored-box-maps.ts';
import type { StoredRow } from '../../shared/results/sample-row-parquet.ts';
import { readStoredEvidence } from '../../shared/results/stored-evidence.ts';
import { readStoredMap, type StoredMap } from '../../shared/results/stored-map.ts';
import { readStoredRows } from '../../shared/results/stored-rows.ts';
import type { ClassScore, Detection } from '../../shared/run/detection.ts';
import type { BoxMap } from '../../shared/run/evidence/box-map.ts';
import type { ClassEvidence } from '../../shared/run/evidence/class-evidence.ts';
import { openRun } from '../../shared/run/open-run.ts';
import { latestName, resolveRun } from '../../shared/run/run-names.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import { readRunState } from '../../shared/run/run-state.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { openStore, type StoreOptions } from '../../shared/storage/open-store.ts';
import type { ComponentMap, LayerMaps } from './heatmap.ts';
import { type Named, named } from './named.ts';

export interface OpenRunOptions extends StoreOptions {
  /** Id, name, beginning of the id, or `latest`, the default. */
  readonly run?: string;
}

/** One image of a run: its row of `images/`. */
export interface ImageRow extends StoredRow {
  /** Best first; empty for a classifier. */
  readonly detections: readonly Named<Detection>[];
  /** Up to five, best first; empty for a detector. */
  readonly classScores: readonly Named<ClassScore>[];
}

/** A box with or without its label, or a label without a box: a row of `objects/`. */
export type EvaluatedObject = Named<ObjectRow>;

/** A summarized run. Reads its files on demand. */
export interface FinishedRun {
  readonly runId: string;
  /** URI of the results. */
  readonly out: string;
  /** `run.json`: model, dataset, target layers and every option that changes a result. */
  readonly spec: RunSpec;
  /** `summary.json`. Throws `EigenfleetError` `storage` when it cannot be read. */
  summary(): Promise<Summary>;
  /**
   * Returns `evaluation.json`: what the run is worth against its labels, as `eigenfleet evaluate` shows it. `undefined` without labels.
   *
   * @throws EigenfleetError `storage` when it is damaged.
   */
  evaluation(): Promise<Evaluation | undefined>;
  /**
   * Yields every box with or without its label and every missed label, in the order of the images; nothing without labels.
   *
   * @throws EigenfleetError `storage` for a table that is not that of `evaluation.json`.
   */
  objects(): AsyncIterable<EvaluatedObject>;
  /**
   * Yields the images in manifest order; few are in memory at a time.
   *
   * @throws EigenfleetError `storage` for a file that cannot be read.
   */
  rows(): AsyncIterable<ImageRow>;
  /**
   * Returns the maps of one image, one entry per target layer.
   *
   * @returns `undefined` when there are none: an image that could not be explained, a run with `maps: false`, a damaged file.
   */
  maps(row: ImageRow): Promise<readonly LayerMaps[] | undefined>;
  /**
   * Returns the class evidence of one image: what the model's scores say of each class, where. A class whose map was not stored is left out; `row.evidence` has its figures.
   *
   * @returns `undefined` when there is none: an image that could not be explained, a run with `classes: 'none'` or of a version before there was any.
   */
  evidence(row: ImageRow): Promise<readonly Named<ClassEvidence>[] | undefined>;
  /**
   * Returns the box maps of one image: where the features of its strongest detections point. A box whose map was not stored is left out.
   *
   * @returns `undefined` when there are none: a run with `boxMaps: 0` or `maps: false`, a model whose boxes belong to no cells, an image that could not be explained.
   */
  boxMaps(row: ImageRow): Promise<readonly BoxMap[] | undefined>;
}

/** See `openRun` in `library.ts`. */
export async function openFinishedRun(out: string, options: OpenRunOptions): Promise<FinishedRun> {
  const { run = latestName, ...storage } = options;
  const store = openStore(out, storage);
  const runId = await resolveRun(store, run);
  const spec = await openRun(store, runId);
  const state = await readRunState(store, runId);
  if (state !== 'closed') {
    const words = state === 'cancelled' ? 'was cancelled' : 'is not finished';
    throw new EigenfleetError(
      'incomplete',
      `Run ${runId} in ${store.uri} ${words}: the command that started it, or run() with the same options, continues it.`,
    );
  }
  return {
    ...{ runId, out: store.uri, spec },
    summary: () => readFinishedSummary(store, runId),
    evaluation: () => readEvaluation(store, runId),
    objects: () => readNamedObjects(store, spec),
    rows: () => readRows(store, spec),
    maps: (row) => readMaps(store, spec, row),
    evidence: (row) => readEvidence(store, spec, row),
    boxMaps: (row) => readStoredBoxMaps(store, spec, row),
  };
}

async function* readNamedObjects(
  store: ObjectStore,
  { runId, model }: RunSpec,
): AsyncGenerator<EvaluatedObject> {
  const evaluation = await readEvaluation(store, runId);
  if (evaluation === undefined) return;
  for await (const row of readObjects(store, evaluation)) yield named(row, model.classNames);
}

async function* readRows(store: ObjectStore, { runId, model }: RunSpec): AsyncGenerator<ImageRow> {
  for await (const row of readStoredRows(store, runId)) {
    yield {
      ...row,
      detections: row.detections.map((one) => named(one, model.classNames)),
      classScores: row.classScores.map((one) => named(one, model.classNames)),
    };
  }
}

async function readEvidence(
  store: ObjectStore,
  spec: RunSpec,
  row: StoredRow,
): Promise<Named<ClassEvidence>[] | undefined> {
  const evidence = await readStoredEvidence(store, spec, row);
  return evidence?.map((one) => named(one, spec.model.classNames));
}

async function readMaps(
  store: ObjectStore,
  spec: RunSpec,
  row: StoredRow,
): Promise<LayerMaps[] | undefined> {
  const { shard, mapRow, geometry } = row;
  if (mapRow === undefined) return undefined;
  const components = spec.options.components.length;
  const maps: LayerMaps[] = [];
  for (const layer of spec.targetLayers) {
    const address = { layer, shard, mapRow, geometry, components };
    const stored = await readStoredMap(store, spec, address);
    if (stored === undefined) return undefined;
    maps.push({ layer: layer.name, components: componentMaps(spec, stored, row) });
  }
  return maps;
}

function componentMaps(
  { options }: RunSpec,
  { layer: { column, gridHeight, gridWidth }, values }: StoredMap,
  { measures, mapScale }: StoredRow,
): ComponentMap[] {
  const cells = gridHeight * gridWidth;
  return options.components.map((component, index) => {
    const part = index === 0 ? column : componentPart(column, component);
    return {
      ...{ component, gridHeight, gridWidth },
      values: values.slice(index * cells, (index + 1) * cells),
      scale: mapScale[column]?.[index] ?? 0,
      explainedVariance: measures[mapColumn('explainedVariance', part)] ?? Number.NaN,
      signMargin: measures[mapColumn('signMargin', part)] ?? Number.NaN,
      residual: measures[mapColumn('residual', part)] ?? Number.NaN,
    };
  });
}
