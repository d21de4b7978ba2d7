import { columnSpan, contentCells, rowSpan } from '../../maps/content-cells.ts';
import { evidenceHeat } from '../../maps/evidence-heat.ts';
import { frameMap, planFrame } from '../../maps/frame-map.ts';
import { gridMask } from '../../maps/grid-mask.ts';
import { readStoredEvidence } from '../../shared/results/stored-evidence.ts';
import type { ClassEvidence } from '../../shared/run/evidence/class-evidence.ts';
import type { LetterboxGeometry } from '../../shared/run/letterbox-geometry.ts';
import { addressOf, type RowAddress } from '../../shared/run/places/row-address.ts';
import type { RunSpec } from '../../shared/run/run-spec.ts';
import type { SampleRow } from '../../shared/run/sample-row.ts';
import { MapSumAccumulator } from '../../shared/statistics/map-sum.ts';
import type { Exemplar } from '../../shared/statistics/shard-statistics.ts';
import type { ObjectStore } from '../../shared/storage/object-store.ts';
import { meanMap } from '../summary/summary.ts';
import type { MeanMap } from '../summary/summary-schema.ts';

/** Where, on average, the scores of a class lie in the images that have it. */
export interface ClassMean {
  readonly classId: number;
  /** Images drawn, of which `map.n` have the class. */
  readonly drawn: number;
  /** Each image over its own greatest value, stretched to one frame. */
  readonly map: MeanMap;
}

export interface DrawnImages {
  readonly store: ObjectStore;
  readonly spec: RunSpec;
  /** Images drawn evenly, and those of their rows that could be read. */
  readonly exemplars: readonly Exemplar[];
  readonly rows: ReadonlyMap<RowAddress, SampleRow>;
}

const mostClasses = 12;
/** A side of the frame, as of the mean maps of layers. */
const frameSize = 32;
/** Images whose maps are fetched at once. */
const atOnce = 8;

/**
 * The mean evidence of the classes that most of the drawn images have, those first. From maps as they are stored, of few images however many the run has: sums in whole
 * numbers, so that their order changes nothing. None where the run stored no evidence.
 */
export async function readClassMeans(images: DrawnImages): Promise<ClassMean[]> {
  const { exemplars, rows, spec } = images;
  const drawn = exemplars.flatMap((one) => {
    const row = rows.get(addressOf(one));
    return row?.geometry === undefined ? [] : [{ shard: one.shard, row, geometry: row.geometry }];
  });
  const sums = new Map(
    commonClasses(drawn).map((id) => [id, new MapSumAccumulator(frameSize, frameSize)]),
  );
  const addImage = async ({ shard, row, geometry }: (typeof drawn)[number]): Promise<void> => {
    const evidence = evidenceOf(row).filter(({ classId }) => sums.has(classId));
    for (const one of (await readStoredEvidence(images.store, spec, { shard, evidence })) ?? []) {
      sums.get(one.classId)?.add(framedHeat(one, geometry, spec));
    }
  };
  for (let start = 0; start < drawn.length; start += atOnce) {
    await Promise.all(drawn.slice(start, start + atOnce).map(addImage));
  }
  return [...sums]
    .map(([classId, sum]) => ({ classId, drawn: drawn.length, map: meanMap(sum.build()) }))
    .filter(({ map }) => map.n > 0);
}

/** Of the classes that the image has: found or labeled, of a classifier the top class. A run may store that of all classes, which is noise where there is no object. */
function evidenceOf({ evidence = [], classScores, detections, labels }: SampleRow) {
  const objects = [...detections, ...(labels?.objects ?? [])];
  const ids = new Set(
    (classScores.length > 0 ? classScores.slice(0, 1) : objects).map(({ classId }) => classId),
  );
  return evidence.filter(({ classId }) => ids.has(classId));
}

/** By how many images have evidence of them, most first. */
function commonClasses(drawn: readonly { readonly row: SampleRow }[]): number[] {
  const counts = new Map<number, number>();
  for (const { classId } of drawn.flatMap(({ row }) => evidenceOf(row))) {
    counts.set(classId, (counts.get(classId) ?? 0) + 1);
  }
  return [...counts]
    .sort(([a, one], [b, other]) => other - one || a - b)
    .slice(0, mostClasses)
    .map(([classId]) => classId);
}

/** In the frame of the original image, also where a crop showed only part of it. */
function framedHeat(
  evidence: ClassEvidence,
  geometry: LetterboxGeometry,
  { options: { padding } }: RunSpec,
): Float32Array {
  const cells = contentCells(geometry, evidence);
  const across = columnSpan(cells, 0, geometry.width);
  const down = rowSpan(cells, 0, geometry.height);
  const plan = planFrame(cells, { across, down, width: frameSize, height: frameSize });
  return frameMap(evidenceHeat(evidence, gridMask(evidence, geometry, padding)), plan);
}
