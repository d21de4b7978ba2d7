import type { SampleRow } from '../../shared/run/sample-row.ts';
import { areFinite } from '../../shared/statistics/are-finite.ts';
import type { ExplainedLayer } from '../explain/interpret-sample.ts';

/**
 * Returns a row that is safe to store: all numbers are finite, or the row says why not. `unusableAnswer` stops bad numbers at their source; this is the
 * last check before they would spoil the statistics of a run, for numbers that overflow on the way.
 */
export function storableRow(
  row: SampleRow,
  { layers }: { readonly layers: readonly Pick<ExplainedLayer, 'signed'>[] },
): SampleRow {
  const what = layers.every(({ signed }) => areFinite(signed)) ? infinitePart(row) : 'maps';
  if (what === undefined) return row;
  const { key, sizeBytes, etag, row: index } = row;
  return {
    ...{ key, sizeBytes, etag, row: index, status: 'failed_to_infer' },
    reason: `its ${what} are not finite numbers`,
    ...{ detections: [], classScores: [], measures: {}, flags: [], mapScale: {}, overlay: false },
  };
}

function infinitePart({ detections, classScores, measures, mapScale }: SampleRow) {
  if (!detections.every(({ box }) => areFinite(box))) return 'boxes';
  if (!areFinite([...detections, ...classScores].map(({ score }) => score))) return 'scores';
  if (!areFinite(Object.values(measures))) return 'measures';
  return Object.values(mapScale).every(areFinite) ? undefined : 'map scales';
}
