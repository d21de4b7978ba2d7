import { pictureMap } from '../../../report/gallery/card-maps.ts';
import { readStoredRows } from '../../../report/gallery/stored-rows.ts';
import { className } from '../../../report/words/class-words.ts';
import { readStoredEvidence } from '../../../shared/results/stored-evidence.ts';
import { addressOf, type RowPlace } from '../../../shared/run/places/row-address.ts';
import type { SampleRow } from '../../../shared/run/sample-row.ts';
import type { ComparedRun } from '../compared-run.ts';
import type { RowPair } from '../pairs/paired-rows.ts';
import { mapCorrelation } from './map-similarity.ts';
import { spreadOf, type ValueSpread } from './value-spread.ts';

/** How alike the evidence maps of one class are in two runs, over images in which both have one. */
export interface EvidenceSimilarity {
  readonly name: string;
  readonly classId: number;
  /** Correlation over the cells of the picture. */
  readonly similarity: ValueSpread;
  /** Images whose maps are on different grids: the class lives on another level of the head now. */
  readonly otherGrid: number;
}

/** Files of shards that are read of each run: where evidence lies in an archive stands in the rows. */
const mostShards = 32;
const mostClasses = 100;

type TwoRuns = readonly [from: ComparedRun, to: ComparedRun];

/** Compares the class evidence of pairs of images, of as many as 32 shards of each run hold; classes meet by name, those of most images first. */
export async function evidenceSimilarities(
  runs: TwoRuns,
  pairs: readonly RowPair[],
): Promise<EvidenceSimilarity[]> {
  if (runs.some(({ spec }) => spec.options.classes === undefined || !spec.options.maps)) return [];
  const chosen = withinShards(pairs);
  const [from, to] = await Promise.all([
    rowsOf(
      runs[0],
      chosen.map((pair) => pair.from),
    ),
    rowsOf(
      runs[1],
      chosen.map((pair) => pair.to),
    ),
  ]);
  const classes = new Map<string, ClassLikeness>();
  for (const pair of chosen) {
    const [before, after] = await Promise.all([
      evidenceOf(runs[0], pair.from.shard, from.get(addressOf(pair.from))),
      evidenceOf(runs[1], pair.to.shard, to.get(addressOf(pair.to))),
    ]);
    for (const [name, one] of after) {
      const other = before.get(name);
      if (other !== undefined) addPair(classes, name, [other, one]);
    }
  }
  return [...classes]
    .flatMap(([name, { classId, values, otherGrid }]) => {
      const similarity = spreadOf(values);
      return similarity ? [{ name, classId, similarity, otherGrid }] : [];
    })
    .sort((a, b) => b.similarity.n - a.similarity.n || a.classId - b.classId)
    .slice(0, mostClasses);
}

interface ClassLikeness {
  readonly classId: number;
  readonly values: number[];
  otherGrid: number;
}

function addPair(
  classes: Map<string, ClassLikeness>,
  name: string,
  [other, one]: readonly [PictureEvidence, PictureEvidence],
): void {
  const found = classes.get(name) ?? { classId: one.classId, values: [], otherGrid: 0 };
  classes.set(name, found);
  if (one.layer !== other.layer || one.cells.length !== other.cells.length) {
    found.otherGrid += 1;
    return;
  }
  const correlation = mapCorrelation(other.cells, one.cells);
  if (correlation !== undefined) found.values.push(correlation);
}

/** Pairs in their order, as long as they need no further shard. */
function withinShards(pairs: readonly RowPair[]): RowPair[] {
  const [from, to] = [new Set<number>(), new Set<number>()];
  return pairs.filter((pair) => {
    const known = from.has(pair.from.shard) && to.has(pair.to.shard);
    if (!known && Math.max(from.size, to.size) >= mostShards) return false;
    from.add(pair.from.shard);
    to.add(pair.to.shard);
    return true;
  });
}

interface PictureEvidence {
  readonly classId: number;
  readonly layer: string;
  readonly cells: Float32Array;
}

/** By class name: the cells over the picture. */
async function evidenceOf(
  { store, spec }: ComparedRun,
  shard: number,
  row: SampleRow | undefined,
): Promise<Map<string, PictureEvidence>> {
  const found = new Map<string, PictureEvidence>();
  const { geometry, evidence } = row ?? {};
  if (geometry === undefined || evidence === undefined) return found;
  for (const one of (await readStoredEvidence(store, spec, { shard, evidence })) ?? []) {
    const { classId, layer } = one;
    const name = className({ classId, name: spec.model.classNames[classId] ?? '' });
    found.set(name, { classId, layer, cells: pictureMap(layer, one, geometry).values });
  }
  return found;
}

function rowsOf({ store, runId }: ComparedRun, places: readonly RowPlace[]) {
  return readStoredRows(store, runId, places);
}
