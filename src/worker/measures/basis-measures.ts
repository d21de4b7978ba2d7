import { mapColumn, sampleColumns } from '../../shared/catalog/measure-column.ts';

export interface BasisEvidence {
  readonly layers: readonly {
    readonly column: string;
    /** Share of the image's energy that no component of its dataset's basis holds; absent where components are the image's own. */
    readonly offBasis?: number;
  }[];
  /** By layer: the same of the images that the basis was fitted on, together. */
  readonly usualOffBasis?: readonly number[] | undefined;
}

/** Where the basis holds nearly all, a share of next to nothing is not to look like novelty. */
const leastUsual = 0.01;

/**
 * Adds `offBasis` of each layer, and `novelty`: energy off the basis per energy on it, o / (1 - o), over that of the fitted images, in the layer where
 * that is highest. Odds and not shares, since a share of 0.6 could never be twice as large.
 */
export function addBasisMeasures(
  measures: Record<string, number>,
  { layers, usualOffBasis }: BasisEvidence,
): void {
  let novelty = Number.NEGATIVE_INFINITY;
  for (const [index, { column, offBasis }] of layers.entries()) {
    if (offBasis === undefined) continue;
    measures[mapColumn('offBasis', column)] = offBasis;
    const usual = Math.max(leastUsual, usualOffBasis?.[index] ?? Number.NaN);
    novelty = Math.max(novelty, oddsOf(offBasis) / oddsOf(usual));
  }
  if (Number.isFinite(novelty)) measures[sampleColumns.novelty] = novelty;
}

function oddsOf(share: number): number {
  return share / Math.max(1 - share, 1e-6);
}
