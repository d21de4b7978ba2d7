import { peakVotes } from '../../kernels/evidence-values.ts';
import type { EvidenceInObjects } from '../../shared/run/evidence/class-evidence.ts';
import type { ContentCells } from '../content-cells.ts';
import { covered } from '../grid-coverage.ts';

/** Beyond this share of the image, what could be attained is rounding noise. */
const wholeImage = 1 - 1e-6;

/**
 * How much of a class's evidence its objects hold. `coverage`: by the union of their regions. `undefined` where they cover nothing of what the model saw, or
 * the map has no votes.
 */
export function evidenceInObjects(
  map: Float32Array,
  coverage: Float32Array,
  cells: ContentCells,
): EvidenceInObjects | undefined {
  const { area } = covered(coverage, cells);
  const votes = votesOf(map, cells);
  let [inside, total] = [0, 0];
  for (let cell = 0; cell < votes.length; cell++) {
    const vote = votes[cell]!;
    if (vote === 0) continue;
    total += vote;
    inside += vote * coverage[cell]!;
  }
  if (!(area > 0) || !(total > 0)) return undefined;
  const share = inside / total;
  const attainable = Math.max(-1, (share - area) / (1 - area));
  return {
    ...{ share, area, ceiling: 1 / area, lift: share / area },
    ...(area <= wholeImage && { attainable }),
  };
}

/**
 * One vote for each peak of the map, so that an object of fifteen cells counts once, and so does a bump of the background: a cell that is nowhere lower
 * than the eight around it votes with the square of its value, times its content area; all others with 0.
 */
export function votesOf(map: Float32Array, cells: ContentCells): Float64Array {
  return peakVotes(map, cells, cells.areas);
}
