import { usualGroup } from '../../evaluate/merge/evaluation-setup.ts';
import { groupOf } from '../../evaluate/objects/image-group.ts';
import { parseColumn, sampleColumns } from '../../shared/catalog/measure-column.ts';
import { readStoredColumns } from '../../shared/results/columns/stored-columns.ts';
import { measureColumnsOf } from '../../shared/results/measure-columns.ts';
import { type DriftedRun, driftBetween } from '../drift/drift-between.ts';
import { classDifferences } from './class-differences.ts';
import type { ComparedRun } from './compared-run.ts';
import type { StepKind } from './comparison.ts';
import { figureDifferences } from './figure-differences.ts';
import { evidenceSimilarities } from './maps/evidence-similarities.ts';
import { mapSimilarities, tieMeasures } from './maps/map-similarities.ts';
import { measureDifferences } from './measure-differences.ts';
import { joinTables } from './pairs/join-tables.ts';
import { type PairedImages, splitByPicture } from './pairs/paired-images.ts';
import { PairedRows } from './pairs/paired-rows.ts';
import { scalarColumns } from './pairs/row-scalars.ts';
import { stepCaveats } from './step-caveats.ts';

type TwoRuns = readonly [from: ComparedRun, to: ComparedRun];

/** Everything that is found between two runs, before it is put into words. */
export type FoundStep = Awaited<ReturnType<typeof compareTwo>>;

/** Compares two runs: one pass over the rows of both, then their evaluations, then the maps of a sample. */
export async function compareTwo(runs: TwoRuns, signal?: AbortSignal) {
  const { images, kind, maps, evidence, measures, foundPairs } = await pairedStep(runs, signal);
  const [from, to] = runs;
  const { evaluation: before } = from;
  const { evaluation: after } = to;
  const figures = before && after ? figureDifferences(before, after) : [];
  signal?.throwIfAborted();
  const drift = areSamePictures(images)
    ? undefined
    : await driftBetween(drifted(from), drifted(to), groupRule(to));
  return {
    ...{ images, kind, figures, maps, evidence, drift },
    caveats: stepCaveats(runs, kind),
    classes: classDifferences(runs, figures),
    ...{ measures, foundPairs },
  };
}

/** What pairs of rows say, without the pairs: what drift holds needs their memory. */
async function pairedStep(runs: TwoRuns, signal?: AbortSignal) {
  const columns = sharedMeasures(runs);
  const { images, kind, rows } = await pairRows(runs, columns, signal);
  const measures = measureDifferences(rows, columns);
  const maps = await mapSimilarities(runs, rows.mapPairs, rows.explained);
  const evidence = await evidenceSimilarities(runs, rows.mapPairs);
  return { images, kind, measures, maps, evidence, foundPairs: rows.foundPairs };
}

function sharedMeasures([from, to]: TwoRuns): string[] {
  const others = new Set(measureColumnsOf(to.spec));
  return measureColumnsOf(from.spec).filter((column) => others.has(column));
}

async function pairRows(runs: TwoRuns, columns: readonly string[], signal?: AbortSignal) {
  const [from, to] = runs;
  const input = inputColumns(columns);
  const options = {
    columns,
    groupOf: groupOf(groupRule(to)),
    expected: Math.min(from.spec.dataset.images, to.spec.dataset.images),
    mapMeasures: [
      sampleColumns.detections,
      ...new Set(runs.flatMap(({ spec }) => tieMeasures(spec))),
    ],
  };
  const same = new PairedRows(options);
  const other = new PairedRows(options);
  const counts = { both: 0, unchanged: 0, changed: 0, onlyFrom: 0, onlyTo: 0 };
  const wanted = new Set(['key', 'etag', 'size_bytes', 'status', ...scalarColumns, ...columns]);
  const tablesOf = ({ store, runId }: ComparedRun) => readStoredColumns(store, runId, wanted);
  for await (const joined of joinTables(tablesOf(from), tablesOf(to))) {
    signal?.throwIfAborted();
    const { unchanged, changed } = splitByPicture(joined, { input });
    same.add(joined, unchanged);
    other.add(joined, changed);
    counts.both += joined.fromAt.length;
    counts.unchanged += unchanged.length;
    counts.changed += changed.length;
    counts.onlyFrom += joined.onlyFrom;
    counts.onlyTo += joined.onlyTo;
  }
  const kind = kindOf(counts);
  const rows = kind === 'same-keys' ? other : same;
  const images: PairedImages = { ...counts, compared: rows.explained };
  return { images, kind, rows };
}

/** Measures of a picture's pixels, which no model and no option changes. */
function inputColumns(columns: readonly string[]): string[] {
  return columns.filter((column) => parseColumn(column)?.kind.input);
}

function areSamePictures({ changed, onlyFrom, onlyTo }: PairedImages): boolean {
  return changed + onlyFrom + onlyTo === 0;
}

function drifted({ store, runId, spec }: ComparedRun): DriftedRun {
  return { store, runId, modelSha256: spec.model.sha256 };
}

/** Groups are those of the latter run's evaluation. */
function groupRule({ evaluation, spec }: ComparedRun): string {
  return evaluation?.rules.group ?? spec.group ?? usualGroup;
}

function kindOf(counts: Omit<PairedImages, 'compared'>): StepKind {
  const { both, unchanged, changed, onlyFrom, onlyTo } = counts;
  if (both < Math.max(onlyFrom, onlyTo)) return 'other-pictures';
  return unchanged >= changed ? 'same-pictures' : 'same-keys';
}
